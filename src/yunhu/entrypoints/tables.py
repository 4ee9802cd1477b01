"""Every table of the product, gathered for migrations."""

from yunhu.domains.callbacks import models as _callbacks
from yunhu.domains.calls import models as _calls
from yunhu.domains.consent import models as _consent
from yunhu.domains.dispatch import models as _dispatch
from yunhu.domains.identity import models as _identity
from yunhu.domains.notifications import models as _notifications
from yunhu.domains.numbers import models as _numbers
from yunhu.domains.recordings import models as _recordings
from yunhu.domains.scripts import models as _scripts
from yunhu.domains.sms import models as _sms
from yunhu.foundation import outbox as _outbox
from yunhu.foundation.db import Base

TABLE_MODULES = (
    _callbacks,
    _calls,
    _consent,
    _dispatch,
    _identity,
    _notifications,
    _numbers,
    _outbox,
    _recordings,
    _scripts,
    _sms,
)
metadata = Base.metadata
