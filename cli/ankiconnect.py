"""AnkiConnect, the add-on through which a running Anki can be asked: a request and its answer."""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from .errors import ConfigError

ADDRESS = "http://127.0.0.1:8765"
KEY = "ANKICONNECT_API_KEY"
_VERSION = 6
_SECONDS = 600


def asking(address: str) -> Callable[..., Any]:
    """A function `ask(action, **params)` that gives AnkiConnect's result, or raises ConfigError."""

    if not address.startswith(("http://", "https://")):
        raise ConfigError(f"{address} is not the address of AnkiConnect, such as {ADDRESS}")

    def ask(action: str, **params: Any) -> Any:
        request: dict[str, Any] = {"action": action, "version": _VERSION, "params": params}
        if os.environ.get(KEY):
            request["key"] = os.environ[KEY]
        try:
            with urllib.request.urlopen(address, json.dumps(request).encode(), timeout=_SECONDS) as response:  # noqa: S310
                answer = json.load(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise ConfigError(
                f"Anki does not answer at {address}: {reason}. Start Anki with the add-on AnkiConnect, "
                "or close it and name its collection with --collection"
            ) from error
        if not isinstance(answer, dict) or set(answer) != {"result", "error"}:
            raise ConfigError(f"what answers at {address} is not AnkiConnect")
        if answer["error"] is not None:
            hint = f"; put the key into {KEY}" if "api key" in str(answer["error"]) else ""
            raise ConfigError(f"Anki refused `{action}`: {answer['error']}{hint}")
        return answer["result"]

    return ask
