"""A brake on guessing enrolment codes: failures per client address, by token bucket, in this process only.

Eighty random bits cannot be guessed; this keeps a flood of tries off the database.
"""

from collections import OrderedDict
from dataclasses import dataclass

from spotfi_cloud.kernel.errors import TooManyError

_BURST = 20.0
_REFILL_PER_S = 0.2
_MAX_ADDRESSES = 4096


class TooManyGuessesError(TooManyError):
    """This address tried too many wrong codes; later it may try again."""

    code = "too_many_guesses"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at_s: float


class GuessGuard:
    """Allows twenty failures at once from an address, then one each five seconds. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def check(self, address: str, now_s: float) -> None:
        """TooManyGuessesError while the address has used up its failures."""
        if self._fill(address, now_s).tokens < 1:
            msg = "Too many wrong enrolment codes came from this address. Wait a minute, then try again."
            raise TooManyGuessesError(msg, retry_after_s=round(1 / _REFILL_PER_S))

    def note_failure(self, address: str, now_s: float) -> None:
        bucket = self._fill(address, now_s)
        bucket.tokens = max(0.0, bucket.tokens - 1)
        self._buckets[address] = bucket
        self._buckets.move_to_end(address)
        if len(self._buckets) > _MAX_ADDRESSES:
            self._buckets.popitem(last=False)

    def _fill(self, address: str, now_s: float) -> _Bucket:
        bucket = self._buckets.get(address) or _Bucket(_BURST, now_s)
        bucket.tokens = min(_BURST, bucket.tokens + (now_s - bucket.filled_at_s) * _REFILL_PER_S)
        bucket.filled_at_s = now_s
        return bucket
