"""The canonical tables: whatever tool the data came from, these are the columns that the steps read.

Every column is optional in an export except the table's id; further columns are kept as attributes.
Kinds: ``id`` (text, never a number), ``day`` (date and time), ``score``, ``number``, ``flag``, ``label``, ``text``.
"""

from __future__ import annotations

_SPEC = {
    "responses": "response_id:id customer_id:id account_id:id role:label started_at:day answered_at:day survey:label "
    "wave:label instrument:label lang:label kind:label stage:label touchpoint:label channel:label ticket_id:id "
    "nps:score csat:score ces:score comment:text weight:number",
    "items": "response_id:id item:label value:score",
    "invitations": "invitation_id:id customer_id:id survey:label touchpoint:label invited_at:day answered:flag",
    "customers": "customer_id:id account_id:id joined_on:day left_on:day consent:flag",
    "transactions": "transaction_id:id customer_id:id occurred_at:day amount:number margin:number channel:label "
    "product:label campaign:label",
    "tickets": "ticket_id:id customer_id:id opened_at:day first_reply_at:day resolved_at:day reopened:flag "
    "handed_over_at:day channel:label topic:label agent:label by_bot:flag",
    "events": "case_id:id customer_id:id occurred_at:day stage:label touchpoint:label channel:label amount:number",
    "contacts": "contact_id:id customer_id:id sent_at:day channel:label campaign:label automation:label holdout:flag "
    "outcome:label",
    "voice": "text_id:id customer_id:id source:label occurred_at:day stage:label touchpoint:label text:text",
    "cases": "case_id:id response_id:id opened_at:day contacted_at:day closed_at:day owner:label cause:label "
    "change_id:id told_at:day outcome:label",
    "staff": "person:id unit:label role:label level:label joined_on:day left_on:day trained_on:day item:label "
    "value:score",
    "readings": "metric:label period:label group:label value:number n:number source:label",
    "competitors": "brand:label item:label n:number value:number sd:number",
    "ratings": "rater:id role:label object:label quality:label score:score evidence:text",
}
TABLES: dict[str, dict[str, str]] = {
    table: dict(column.split(":") for column in spec.split()) for table, spec in _SPEC.items()
}
WHEN = {
    "responses": "answered_at",
    "invitations": "invited_at",
    "transactions": "occurred_at",
    "tickets": "opened_at",
    "events": "occurred_at",
    "contacts": "sent_at",
    "voice": "occurred_at",
    "cases": "opened_at",
}
"""The column that says when a row of a table happened: a period keeps the rows inside it."""
