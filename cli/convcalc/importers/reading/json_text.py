"""JSON from a file that nobody vouches for."""

import json
from typing import Any

from ..graph import ModelFileError


def parse_json(data: bytes, label: str) -> Any:
    """The value that the bytes are JSON of; the caller has limited how many there are.

    Python's parser ends at its own limits for nesting and for the digits of a number.
    """
    try:
        return json.loads(data)
    except RecursionError:
        raise ModelFileError(label, "the JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ModelFileError(label, f"the JSON is damaged at {where}: {error.msg}") from None
    except ValueError as error:  # no text, or a number of more than 4,300 digits
        raise ModelFileError(label, f"the JSON cannot be read: {error}") from None
