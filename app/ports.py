"""Open the port the product listens on, or say who has it."""

import errno
import socket

from domain.errors import InputError


def open_port(host: str, port: int) -> socket.socket:
    """A bound socket. Raises InputError in one sentence when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError("app.port", _reason(error, host, port)) from error
    except OverflowError as error:
        listener.close()
        raise InputError("app.port", f"expected a port from 0 to 65535, got {port}") from error
    return listener


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is already in use; stop the other program or choose another with --port"
    if error.errno == errno.EACCES:
        return (
            f"port {port} needs more rights than this user has; choose one above 1023 with --port"
        )
    return f"cannot listen on {host}:{port}: {error.strerror}; choose an address of this machine with --host"
