"""The wire contract between router and cloud. Standard library only; both sides import it, neither adds to it alone.

Version log (PROTOCOL_VERSION):

1  2026-11-22  first version: hello (with board and target), state, telemetry (columns of differences), result, output up;
               command (with its time limit), cancel, ack, settings (with live view), notice down;
               terminal both ways
"""

PROTOCOL_VERSION = 1
