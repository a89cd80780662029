"""What can be done with routers: inventory, enrolment, presence, commands."""

from spotfi_cloud.routers.latest_sample import LatestSample
from spotfi_cloud.routers.repository.inventory import RouterFilter
from spotfi_cloud.routers.service.commands import (
    CommandRequest,
    cancel_command,
    get_command,
    get_output_piece,
    list_commands,
    queue_command,
    request_command,
)
from spotfi_cloud.routers.service.dispatch import (
    OutgoingCancel,
    OutgoingCommand,
    expire_commands,
    forget_old_output,
    resend_commands,
    take_cancellations,
    take_commands,
)
from spotfi_cloud.routers.service.enrolment import enrol_router, identify_device, issue_code
from spotfi_cloud.routers.service.fleet import FleetFigures, count_fleet, count_open_commands, list_positions
from spotfi_cloud.routers.service.inventory import (
    RADIUS_SECRET_PURPOSE,
    NewRouter,
    RouterChanges,
    change_router,
    create_router,
    delete_router,
    get_nas_list,
    get_router,
    list_routers,
    reinstate_router,
    revoke_router,
    rotate_radius_secret,
)
from spotfi_cloud.routers.service.presence import (
    get_admitted_intervals,
    get_latest_samples,
    get_online_intervals,
    note_heard,
    note_hello,
    note_samples,
    note_state,
    sweep_silent_routers,
)
from spotfi_cloud.routers.service.radsec import set_radsec_certificate
from spotfi_cloud.routers.service.reports import note_output, note_result

__all__ = [
    "RADIUS_SECRET_PURPOSE",
    "CommandRequest",
    "FleetFigures",
    "LatestSample",
    "NewRouter",
    "OutgoingCancel",
    "OutgoingCommand",
    "RouterChanges",
    "RouterFilter",
    "cancel_command",
    "change_router",
    "count_fleet",
    "count_open_commands",
    "create_router",
    "delete_router",
    "enrol_router",
    "expire_commands",
    "forget_old_output",
    "get_admitted_intervals",
    "get_command",
    "get_latest_samples",
    "get_nas_list",
    "get_online_intervals",
    "get_output_piece",
    "get_router",
    "identify_device",
    "issue_code",
    "list_commands",
    "list_positions",
    "list_routers",
    "note_heard",
    "note_hello",
    "note_output",
    "note_result",
    "note_samples",
    "note_state",
    "queue_command",
    "reinstate_router",
    "request_command",
    "resend_commands",
    "revoke_router",
    "rotate_radius_secret",
    "set_radsec_certificate",
    "sweep_silent_routers",
    "take_cancellations",
    "take_commands",
]
