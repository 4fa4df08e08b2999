"""Tables of the directory room."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class ImportedRow(Base):
    """What a row of somebody else's data said when it was last read, so that the same row changes nothing."""

    __tablename__ = "imported_row"

    source_id: Mapped[str] = mapped_column(sa.String(220), primary_key=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    seen_on: Mapped[date]
