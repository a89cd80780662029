"""Numbers of RADIUS attributes and of their values. Made from `dictionaries/`: change those."""

from enum import IntEnum
from typing import Final


class Attr:
    """Attributes of the RFCs."""

    USER_NAME: Final = 1
    USER_PASSWORD: Final = 2
    CHAP_PASSWORD: Final = 3
    NAS_IP_ADDRESS: Final = 4
    NAS_PORT: Final = 5
    SERVICE_TYPE: Final = 6
    FRAMED_PROTOCOL: Final = 7
    FRAMED_IP_ADDRESS: Final = 8
    FRAMED_IP_NETMASK: Final = 9
    FILTER_ID: Final = 11
    FRAMED_MTU: Final = 12
    FRAMED_COMPRESSION: Final = 13
    LOGIN_IP_HOST: Final = 14
    LOGIN_SERVICE: Final = 15
    LOGIN_TCP_PORT: Final = 16
    REPLY_MESSAGE: Final = 18
    FRAMED_ROUTE: Final = 22
    STATE: Final = 24
    CLASS: Final = 25
    VENDOR_SPECIFIC: Final = 26
    SESSION_TIMEOUT: Final = 27
    IDLE_TIMEOUT: Final = 28
    TERMINATION_ACTION: Final = 29
    CALLED_STATION_ID: Final = 30
    CALLING_STATION_ID: Final = 31
    NAS_IDENTIFIER: Final = 32
    PROXY_STATE: Final = 33
    CHAP_CHALLENGE: Final = 60
    NAS_PORT_TYPE: Final = 61
    PORT_LIMIT: Final = 62
    ACCT_STATUS_TYPE: Final = 40
    ACCT_DELAY_TIME: Final = 41
    ACCT_INPUT_OCTETS: Final = 42
    ACCT_OUTPUT_OCTETS: Final = 43
    ACCT_SESSION_ID: Final = 44
    ACCT_AUTHENTIC: Final = 45
    ACCT_SESSION_TIME: Final = 46
    ACCT_INPUT_PACKETS: Final = 47
    ACCT_OUTPUT_PACKETS: Final = 48
    ACCT_TERMINATE_CAUSE: Final = 49
    ACCT_MULTI_SESSION_ID: Final = 50
    ACCT_LINK_COUNT: Final = 51
    ACCT_INPUT_GIGAWORDS: Final = 52
    ACCT_OUTPUT_GIGAWORDS: Final = 53
    EVENT_TIMESTAMP: Final = 55
    CONNECT_INFO: Final = 77
    EAP_MESSAGE: Final = 79
    MESSAGE_AUTHENTICATOR: Final = 80
    ACCT_INTERIM_INTERVAL: Final = 85
    NAS_PORT_ID: Final = 87
    FRAMED_POOL: Final = 88
    CHARGEABLE_USER_IDENTITY: Final = 89
    NAS_IPV6_ADDRESS: Final = 95
    FRAMED_IPV6_PREFIX: Final = 97
    FRAMED_IPV6_ADDRESS: Final = 168
    ERROR_CAUSE: Final = 101


class ServiceType(IntEnum):
    """Values of Service-Type."""

    LOGIN = 1
    FRAMED = 2
    AUTHENTICATE_ONLY = 8
    CALL_CHECK = 10
    AUTHORIZE_ONLY = 17


class NASPortType(IntEnum):
    """Values of NAS-Port-Type."""

    VIRTUAL = 5
    ETHERNET = 15
    WIRELESS_802_11 = 19


class AcctStatusType(IntEnum):
    """Values of Acct-Status-Type."""

    START = 1
    STOP = 2
    INTERIM_UPDATE = 3
    ACCOUNTING_ON = 7
    ACCOUNTING_OFF = 8


class AcctTerminateCause(IntEnum):
    """Values of Acct-Terminate-Cause."""

    USER_REQUEST = 1
    LOST_CARRIER = 2
    LOST_SERVICE = 3
    IDLE_TIMEOUT = 4
    SESSION_TIMEOUT = 5
    ADMIN_RESET = 6
    ADMIN_REBOOT = 7
    PORT_ERROR = 8
    NAS_ERROR = 9
    NAS_REQUEST = 10
    NAS_REBOOT = 11
    PORT_UNNEEDED = 12
    PORT_PREEMPTED = 13
    PORT_SUSPENDED = 14
    SERVICE_UNAVAILABLE = 15
    CALLBACK = 16
    USER_ERROR = 17
    HOST_REQUEST = 18


class ErrorCause(IntEnum):
    """Values of Error-Cause."""

    RESIDUAL_SESSION_CONTEXT_REMOVED = 201
    UNSUPPORTED_ATTRIBUTE = 401
    MISSING_ATTRIBUTE = 402
    NAS_IDENTIFICATION_MISMATCH = 403
    INVALID_REQUEST = 404
    UNSUPPORTED_SERVICE = 405
    UNSUPPORTED_EXTENSION = 406
    INVALID_ATTRIBUTE_VALUE = 407
    ADMINISTRATIVELY_PROHIBITED = 501
    SESSION_CONTEXT_NOT_FOUND = 503
    SESSION_CONTEXT_NOT_REMOVABLE = 504
    RESOURCES_UNAVAILABLE = 506
    MULTIPLE_SESSION_SELECTION_UNSUPPORTED = 508


class Microsoft:
    """Attributes of vendor 311."""

    VENDOR: Final = 311
    CHAP_RESPONSE: Final = 1
    CHAP_ERROR: Final = 2
    MPPE_ENCRYPTION_POLICY: Final = 7
    MPPE_ENCRYPTION_TYPES: Final = 8
    CHAP_CHALLENGE: Final = 11
    CHAP_MPPE_KEYS: Final = 12
    MPPE_SEND_KEY: Final = 16
    MPPE_RECV_KEY: Final = 17
    CHAP2_RESPONSE: Final = 25
    CHAP2_SUCCESS: Final = 26


class WISPr:
    """Attributes of vendor 14122."""

    VENDOR: Final = 14122
    LOCATION_ID: Final = 1
    LOCATION_NAME: Final = 2
    LOGOFF_URL: Final = 3
    REDIRECTION_URL: Final = 4
    BANDWIDTH_MIN_UP: Final = 5
    BANDWIDTH_MIN_DOWN: Final = 6
    BANDWIDTH_MAX_UP: Final = 7
    BANDWIDTH_MAX_DOWN: Final = 8
    SESSION_TERMINATE_TIME: Final = 9
    SESSION_TERMINATE_END_OF_DAY: Final = 10
    BILLING_CLASS_OF_SERVICE: Final = 11


class ChilliSpot:
    """Attributes of vendor 14559."""

    VENDOR: Final = 14559
    MAX_INPUT_OCTETS: Final = 1
    MAX_OUTPUT_OCTETS: Final = 2
    MAX_TOTAL_OCTETS: Final = 3
    BANDWIDTH_MAX_UP: Final = 4
    BANDWIDTH_MAX_DOWN: Final = 5
    CONFIG: Final = 6
    LANG: Final = 7
    VERSION: Final = 8
    ORIGINALURL: Final = 9
    REQUIRE_UAM: Final = 11
    SESSION_STATE: Final = 15
    MAX_INPUT_GIGAWORDS: Final = 21
    MAX_OUTPUT_GIGAWORDS: Final = 22
    MAX_TOTAL_GIGAWORDS: Final = 23


class Mikrotik:
    """Attributes of vendor 14988."""

    VENDOR: Final = 14988
    RECV_LIMIT: Final = 1
    XMIT_LIMIT: Final = 2
    GROUP: Final = 3
    RATE_LIMIT: Final = 8
    REALM: Final = 9
    HOST_IP: Final = 10
    MARK_ID: Final = 11
    RECV_LIMIT_GIGAWORDS: Final = 14
    XMIT_LIMIT_GIGAWORDS: Final = 15
    TOTAL_LIMIT: Final = 17
    TOTAL_LIMIT_GIGAWORDS: Final = 18
    ADDRESS_LIST: Final = 19
