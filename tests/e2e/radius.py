"""A NAS: Debian's radclient as the RADIUS client, and a UDP socket that answers Disconnect-Requests as a NAS does."""

import re
import socket
import subprocess
import threading
from tempfile import NamedTemporaryFile

from pyrad.packet import DisconnectACK, DisconnectRequest, Packet


class Nas:
    """A captive portal's RADIUS side. Session ids that were disconnected stand in `disconnected`."""

    def __init__(self, *, identifier: str, secret: str, auth_port: int, acct_port: int) -> None:
        self.identifier, self.secret = identifier, secret
        self._ports = {"auth": auth_port, "acct": acct_port}
        self.disconnected: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.coa_port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._answer_disconnects, daemon=True).start()

    def _answer_disconnects(self) -> None:
        while True:
            try:
                datagram, peer = self._socket.recvfrom(4096)
            except OSError:
                return
            request = Packet(packet=datagram, secret=self.secret.encode())
            assert request.code == DisconnectRequest
            self.disconnected += [value.decode() for value in request[44]]
            answer = Packet(
                code=DisconnectACK, id=request.id, secret=self.secret.encode(), authenticator=request.authenticator
            )
            self._socket.sendto(answer.ReplyPacket(), peer)

    def close(self) -> None:
        self._socket.close()

    def _radclient(self, kind: str, *attributes: str) -> str:
        lines = [*attributes, f'NAS-Identifier = "{self.identifier}"']
        if kind == "auth":
            lines.append("Message-Authenticator = 0x00")
        # The secret goes by file: an argument is readable by every user of the machine.
        with NamedTemporaryFile("w+") as secret_file:
            secret_file.write(self.secret)
            secret_file.flush()
            done = subprocess.run(
                [
                    "radclient",
                    "-x",
                    "-r",
                    "3",
                    "-t",
                    "3",
                    "-S",
                    secret_file.name,
                    f"127.0.0.1:{self._ports[kind]}",
                    kind,
                ],
                input="\n".join(lines) + "\n",
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        return done.stdout + done.stderr

    def log_in(self, username: str, password: str) -> dict[str, str]:
        """The attributes of the answer, and its kind as `code`."""
        output = self._radclient("auth", f'User-Name = "{username}"', f'User-Password = "{password}"')
        received = re.search(r"^Received (Access-\w+)(.*)", output, re.MULTILINE | re.DOTALL)
        assert received, output
        attributes = re.findall(r"^\s+([\w-]+) = \"?(.*?)\"?$", received[2], re.MULTILINE)
        return {"code": received[1], **dict(attributes)}

    def account(
        self,
        status: str,
        username: str,
        session: str,
        *,
        up_bytes: int = 0,
        down_bytes: int = 0,
        session_time_s: int = 0,
    ) -> None:
        """One accounting request (Start, Interim-Update, Stop), answered."""
        output = self._radclient(
            "acct",
            f"Acct-Status-Type = {status}",
            f'User-Name = "{username}"',
            f'Acct-Session-Id = "{session}"',
            'Calling-Station-Id = "02-00-00-00-00-01"',
            f"Acct-Session-Time = {session_time_s}",
            f"Acct-Input-Octets = {up_bytes & 0xFFFFFFFF}",
            f"Acct-Input-Gigawords = {up_bytes >> 32}",
            f"Acct-Output-Octets = {down_bytes & 0xFFFFFFFF}",
            f"Acct-Output-Gigawords = {down_bytes >> 32}",
        )
        assert "Received Accounting-Response" in output, output
