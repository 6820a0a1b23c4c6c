"""Sends the model calls of a sample to the stand-in on loopback.

The Mistral sample has no way to name another host without editing it, so the transport below the
client is told. A call to any other outside host is refused: a sample never leaves the machine.
"""

import os

import httpx

_stand_in = httpx.URL(os.environ["MODEL_STAND_IN"])
_send = httpx.HTTPTransport.handle_request


def _redirect(self, request):
    if request.url.host in ("api.mistral.ai", "api.replicate.com"):
        request.url = request.url.copy_with(
            scheme=_stand_in.scheme, host=_stand_in.host, port=_stand_in.port
        )
        request.headers["host"] = _stand_in.netloc.decode("ascii")
    elif request.url.host != "127.0.0.1":
        raise httpx.ConnectError(f"no calls to {request.url.host} from the samples' tests")
    return _send(self, request)


httpx.HTTPTransport.handle_request = _redirect
