"""Search by the beginnings of words: what counts as a word, and indexes of the words of routers, plans and hosts.

PostgreSQL's own text search parser takes `nas-7` for a negative number and cannot fold accents without an extension, so words
are cut here: at ASCII punctuation, in lower case, and of Latin, Greek and Cyrillic letters without accents.
"""

import unicodedata

from alembic import op

revision = "0013_search"
down_revision = "0012_limit_changes"
branch_labels = None
depends_on = None

_ACCENTED = (
    *range(0xC0, 0x180),  # Latin-1 Supplement, Latin Extended-A
    *range(0x218, 0x21C),  # Romanian
    *range(0x386, 0x3CF),  # Greek
    *range(0x400, 0x460),  # Cyrillic
    *range(0x1EA0, 0x1EFA),  # Vietnamese
)
_COMBINING = "".join(map(chr, range(0x300, 0x370)))
_BREAKS = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000]+"
_WORDS = """
CREATE FUNCTION search_words(source text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT array_to_tsvector(array_remove(regexp_split_to_array(lower(
    CASE WHEN octet_length(source) = char_length(source) THEN source ELSE translate(source, '{accented}', '{plain}') END
) COLLATE "C", '{breaks}'), ''))
$$
"""
_QUERY = """
CREATE FUNCTION search_query(source text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CAST(string_agg('''' || word || ''':*', ' & ') AS tsquery) FROM unnest(tsvector_to_array(search_words(source))) AS word
$$
"""
_INDEXED = {
    "routers": "name || ' ' || nas_identifier || ' ' || coalesce(address, '')",
    "plans": "name",
    "hosts": "name",
}


def _plain(letter: str) -> str:
    """The letter in lower case without its accent; more than one character where there is no such letter."""
    parts = unicodedata.normalize("NFKD", letter.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def upgrade() -> None:
    pairs = [(chr(point), _plain(chr(point))) for point in _ACCENTED]
    pairs = [(letter, plain) for letter, plain in pairs if len(plain) == 1 and plain.isalnum() and plain != letter]
    accented, plain = ("".join(column) for column in zip(*pairs, strict=True))
    # Letters that translate() finds no counterpart for, the combining accents, are taken away.
    op.execute(_WORDS.format(accented=accented + _COMBINING, plain=plain, breaks=_BREAKS))
    op.execute(_QUERY)
    for table, source in _INDEXED.items():
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (search_words({source}))")


def downgrade() -> None:
    for table in _INDEXED:
        op.drop_index(f"ix_{table}_words", table)
    op.execute("DROP FUNCTION search_query(text)")
    op.execute("DROP FUNCTION search_words(text)")
