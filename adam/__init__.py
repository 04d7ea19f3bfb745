"""Analysis datasets: their operations and statistics."""

from adam.response import best_response
from adam.time_to_event import time_to_event

OPERATIONS = (best_response, time_to_event)
