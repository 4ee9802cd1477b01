"""Every table of the product, gathered for migrations."""

from yunhu.domains.audit import models as _audit
from yunhu.domains.billing import models as _billing
from yunhu.domains.billing import models_ledger as _billing_ledger
from yunhu.domains.call_cards import models as _call_cards
from yunhu.domains.callbacks import models as _callbacks
from yunhu.domains.calls import models as _calls
from yunhu.domains.complaints import models as _complaints
from yunhu.domains.consent import models as _consent
from yunhu.domains.contracts import models as _contracts
from yunhu.domains.contracts import models_money as _contracts_money
from yunhu.domains.contracts import models_service as _contracts_service
from yunhu.domains.dispatch import models as _dispatch
from yunhu.domains.documents import models as _documents
from yunhu.domains.evidence import models as _evidence
from yunhu.domains.filings import models as _filings
from yunhu.domains.identity import models as _identity
from yunhu.domains.identity import models_users as _identity_users
from yunhu.domains.incidents import models as _incidents
from yunhu.domains.monitoring import models as _monitoring
from yunhu.domains.notifications import models as _notifications
from yunhu.domains.numbers import models as _numbers
from yunhu.domains.privacy import models as _privacy
from yunhu.domains.recordings import models as _recordings
from yunhu.domains.reports import models as _reports
from yunhu.domains.reports import models_mail as _reports_mail
from yunhu.domains.screening import models as _screening
from yunhu.domains.scripts import models as _scripts
from yunhu.domains.sms import models as _sms
from yunhu.domains.tasks import models as _tasks
from yunhu.foundation import jobs as _jobs
from yunhu.foundation import outbox as _outbox
from yunhu.foundation.calendar import models as _calendar
from yunhu.foundation.db import Base

TABLE_MODULES = (
    _audit,
    _billing,
    _billing_ledger,
    _calendar,
    _call_cards,
    _callbacks,
    _calls,
    _complaints,
    _consent,
    _contracts,
    _contracts_money,
    _contracts_service,
    _dispatch,
    _documents,
    _evidence,
    _filings,
    _identity,
    _identity_users,
    _incidents,
    _monitoring,
    _notifications,
    _numbers,
    _outbox,
    _privacy,
    _recordings,
    _reports,
    _reports_mail,
    _screening,
    _scripts,
    _sms,
    _jobs,
    _tasks,
)
metadata = Base.metadata
