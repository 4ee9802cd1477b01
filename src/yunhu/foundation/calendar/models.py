"""Table of working days that were uploaded."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment


class WorkingDay(Base):
    """One day of a year whose table was uploaded; a year is there whole or not at all."""

    __tablename__ = "working_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    uploaded_at: Mapped[Moment]
    uploaded_by: Mapped[str]
    """Name of the actor."""
