"""Which commands this router carries out, and how its own configuration shapes them."""

from spotfi_agent.commands.agent_upgrade import AgentUpgradeHandler
from spotfi_agent.commands.device import Device
from spotfi_agent.commands.diagnostics import DnsHandler, PingHandler, TracerouteHandler
from spotfi_agent.commands.kick import KickHandler
from spotfi_agent.commands.logs import LogsHandler
from spotfi_agent.commands.network import InterfaceBounceHandler, WifiReloadHandler, WifiScanHandler
from spotfi_agent.commands.order import Handler
from spotfi_agent.commands.permitted import (
    FileReadHandler,
    ServiceHandler,
    ShellHandler,
    UbusReadHandler,
    UciReadHandler,
)
from spotfi_agent.commands.reboot import RebootHandler
from spotfi_agent.commands.rotate_key import RotateKeyHandler
from spotfi_agent.commands.speed_test import SpeedTestHandler
from spotfi_agent.config import Config
from spotfi_agent.keys import KeyRing
from spotfi_agent.trial import Trial


def make_handlers(config: Config, device: Device, keys: KeyRing, trial: Trial) -> tuple[Handler, ...]:
    """All of them. One that the configuration does not allow answers with a sentence that says so."""
    return (
        LogsHandler(config.log_command, config.log_follow_command),
        RebootHandler(config.reboot_command),
        KickHandler(config.kick_command),
        PingHandler(),
        TracerouteHandler(),
        DnsHandler(),
        InterfaceBounceHandler(),
        WifiScanHandler(),
        WifiReloadHandler(),
        SpeedTestHandler(device),
        ServiceHandler(config.allow_services.split()),
        UbusReadHandler(config.allow_ubus.split()),
        UciReadHandler(config.allow_uci.split()),
        FileReadHandler(config.allow_files.split()),
        ShellHandler(permitted=config.allow_shell),
        RotateKeyHandler(keys.propose),
        AgentUpgradeHandler(device, trial, config.upgrade_timeout_s),
    )
