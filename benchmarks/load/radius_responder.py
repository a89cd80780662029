"""A server that says yes to everything, to find out what the generator itself can do. Prints its port, serves until killed."""

import socket
import sys

from spotfi_cloud.radius import reply
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.packet import MAX_BYTES, decode


def serve(secret: bytes) -> None:
    """Answer every Access-Request with an Accept and everything else with an Accounting-Response."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        listener.bind(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            datagram, sender = listener.recvfrom(MAX_BYTES)
            request = decode(datagram)
            answer = reply.accept if request.code == Code.ACCESS_REQUEST else reply.accounting_response
            listener.sendto(answer(request, secret), sender)


if __name__ == "__main__":
    serve(sys.stdin.readline().strip().encode())
