"""What the API's benchmark lists: so many plans, subscribers, routers, sessions, commands of one router, invoices, payments,
alerts, login attempts and entries of the audit log."""

import psycopg

_HOSTS = 50
_FILL = """
INSERT INTO hosts (id, name, timezone, currency, created_at)
SELECT gen_random_uuid(), 'Host ' || n, 'Europe/Vienna', 'EUR', now() - n * interval '1 hour'
FROM generate_series(1, {hosts}) n;
INSERT INTO plans (id, host_id, name, period, price_minor, currency, interim_interval_s, created_at)
SELECT gen_random_uuid(), NULL, 'Plan ' || n, 'month', 500, 'EUR', 300, now() - n * interval '1 minute'
FROM generate_series(1, {rows}) n;
INSERT INTO subscribers (id, username, password_sealed, plan_id, host_id, created_at, disabled_at)
SELECT gen_random_uuid(), 'guest' || n || '@h' || h.row, '\\x00', p.id, h.id, now() - n * interval '1 minute',
       CASE WHEN n % 1000 = 0 THEN now() END
FROM generate_series(1, {rows}) n
JOIN (SELECT id, row_number() OVER () AS row FROM hosts) h ON h.row = 1 + n % {hosts}
JOIN (SELECT id, row_number() OVER () AS row FROM plans LIMIT 20) p ON p.row = 1 + n % 20;
INSERT INTO routers (id, host_id, name, nas_kind, nas_identifier, radius_secret_sealed, legacy_radius, coa_port, interval_s,
                     created_at)
SELECT gen_random_uuid(), h.id, 'Router ' || n, 'generic', 'nas-' || n, '\\x00', false, 3799, 30,
       now() - n * interval '1 minute'
FROM generate_series(1, {rows}) n JOIN (SELECT id, row_number() OVER () AS row FROM hosts) h ON h.row = 1 + n % {hosts};
INSERT INTO sessions (id, router_id, host_id, acct_session_id, username, subscriber_id, calling_station_id, called_station_id,
                      framed_ip, nas_address, login, known_up_bytes, known_down_bytes, gigawords, session_time_s, up_bytes,
                      down_bytes, refused_updates, started_at, updated_at, heard_at, ended_at, stopped, terminate_cause)
SELECT gen_random_uuid(), r.id, r.host_id, 's' || r.row, s.username, s.id, '', '', '', '', '', 1, 1, false, 60, 1, 1, 0,
       now() - r.row * interval '1 minute', now(), now(), CASE WHEN r.row % 10 > 0 THEN now() END, r.row % 10 > 0, ''
FROM (SELECT id, host_id, row_number() OVER () AS row FROM routers) r
JOIN (SELECT id, username, row_number() OVER () AS row FROM subscribers) s USING (row);
INSERT INTO commands (id, router_id, kind, args, state, deadline_at, created_at)
SELECT gen_random_uuid(), (SELECT id FROM routers ORDER BY id LIMIT 1), 'logs', '{{}}', 'succeeded', now(),
       now() - n * interval '1 second'
FROM generate_series(1, {rows}) n;
INSERT INTO invoices (id, host_id, kind, period, status, host_name, timezone, language, period_start, period_end, currency,
                      seller, buyer, taxes, subtotal_minor, tax_minor, total_minor, created_at)
SELECT gen_random_uuid(), h.id, 'invoice', 2000 + n / 12 || '-' || lpad((1 + n % 12)::text, 2, '0'), 'draft', h.name,
       h.timezone, 'en', now(), now(), 'EUR', '{{}}', '{{}}', '[]', n, 0, n, now()
FROM generate_series(1, {rows} / {hosts}) n, hosts h;
INSERT INTO audit_log (id, at, actor_kind, actor_id, action, kind, subject_id, change)
SELECT gen_random_uuid(), now() - n * interval '1 minute', 'person', md5('actor' || n % 20)::uuid, 'PATCH /api/v1/routers',
       CASE WHEN n % 10 = 0 THEN 'plans' ELSE 'routers' END, md5('subject' || n % 5000)::uuid, 'update'
FROM generate_series(1, {rows}) n;
INSERT INTO login_attempts (id, at, router_id, host_id, username, subscriber_id, calling_station_id, outcome, reason)
SELECT gen_random_uuid(), now() - s.row * interval '1 minute', s.router_id, s.host_id, s.username, s.subscriber_id, '',
       CASE WHEN s.row % 1000 = 0 THEN 'quota_used_up' ELSE 'accepted' END, ''
FROM (SELECT *, row_number() OVER () AS row FROM sessions) s;
INSERT INTO alerts (id, host_id, kind, severity, subject_id, router_id, details, raised_at, cleared_at)
SELECT gen_random_uuid(), r.host_id, CASE WHEN r.row % 100 = 0 THEN 'storage_high' ELSE 'router_offline' END,
       CASE WHEN r.row % 10 = 0 THEN 'critical' ELSE 'warning' END, r.id, r.id, '{{}}', now() - r.row * interval '1 minute',
       CASE WHEN r.row % 500 > 0 THEN now() END
FROM (SELECT id, host_id, row_number() OVER () AS row FROM routers) r;
INSERT INTO payments (id, host_id, direction, amount_minor, allocated_minor, currency, paid_on, method, reference, note,
                      created_at)
SELECT gen_random_uuid(), h.id, 'received', n, 0, 'EUR', now(), 'transfer', '', '', now() - n * interval '1 minute'
FROM generate_series(1, {rows} / {hosts}) n, hosts h;
"""


def fill(database_url: str, rows: int) -> None:
    """Put so many rows of each kind into a migrated, empty database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_FILL.format(rows=rows, hosts=_HOSTS).encode())
        connection.execute("VACUUM ANALYZE")
