"""What the previews of notices tell of: a visit, a request, an offer."""

from app.notifications.models import Values

VISIT: Values = {
    "title": "Стрыжка і ўкладка",
    "starts_at": "2026-11-24T15:30:00+00:00",
    "timezone": "Europe/Warsaw",
    "place": "Studio Lipa",
    "code": "481206",
}
ASKED: Values = {**VISIT, "alias": "Ціхая Сасна"}
OFFER: Values = {
    "title": "Стрыжка і ўкладка", "decision": "asked_to_fix", "what": "offer",
    "words": "Калі ласка, напішыце, хто сустрэне.",
}  # fmt: skip
