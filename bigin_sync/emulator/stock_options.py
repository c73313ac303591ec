"""The picklists a fresh org comes with. Some values are stored under another name than they are shown."""

from bigin_sync.emulator.metadata import Option, PipelineDef, Stage


def options(*values: str) -> tuple[Option, ...]:
    """Options; `Shown=stored` where the two differ."""
    made = []
    for value in values:
        display, _, actual = value.partition("=")
        made.append(Option(display, actual or display))
    return tuple(made)


def optional(*values: str) -> tuple[Option, ...]:
    """Options that begin with `-None-`, as every editable list does."""
    return options("-None-", *values)


LEAD_SOURCES = optional(
    "Advertisement",
    "Cold Call",
    "Employee Referral",
    "External Referral",
    "Online Store=OnlineStore",
    "X (Twitter)=Twitter",
    "Facebook",
    "Partner",
    "Public Relations",
    "Sales Email Alias",
    "Seminar Partner=Seminar-Partner",
    "Internal Seminar=Seminar-Internal",
    "Trade Show",
    "Web Download",
    "Web Research",
    "Chat",
)
SALUTATIONS = optional("Mr.", "Mrs.", "Ms.", "Dr.", "Prof.")
RATINGS = optional("Acquired", "Active", "Market Failed", "Project Cancelled=ProjectCancelled", "Shut Down=ShutDown")
ACCOUNT_TYPES = optional(
    "Analyst",
    "Competitor",
    "Customer",
    "Distributor",
    "Integrator",
    "Investor",
    "Other",
    "Partner",
    "Press",
    "Prospect",
    "Reseller",
    "Supplier",
    "Vendor",
)  # fmt: skip -- one word a line says no more
INDUSTRIES = optional(
    "ASP (Application Service Provider)=ASP",
    "Data/Telecom OEM",
    "ERP (Enterprise Resource Planning)=ERP",
    "Government/Military",
    "Large Enterprise",
    "Manufacturing",
    "Network Equipment Enterprise",
    "Non-management ISV",
    "Optical Networking",
    "Service Provider",
    "Small/Medium Enterprise",
    "Storage Equipment",
    "Communications",
    "Consulting",
    "Education",
    "Financial Services",
    "Real Estate",
    "Technology",
)  # fmt: skip -- one word a line says no more
OWNERSHIPS = optional("Other", "Private", "Public", "Subsidiary", "Partnership", "Government")
DEAL_TYPES = optional("Existing Business", "New Business")
LOSS_REASONS = optional(
    "Expectation Mismatch",
    "Price",
    "Unqualified Customer",
    "Lack of response",
    "Missed Follow Ups",
    "Wrong Target",
    "Competition",
    "Future Interest",
    "Other",
)  # fmt: skip -- one word a line says no more
TASK_STATUSES = options(
    "Not Started", "Deferred", "In Progress", "Completed", "Waiting for input=Waiting on someone else"
)
PRIORITIES = options("High", "Highest", "Low", "Lowest", "Normal")
CALL_TYPES = options("Outbound", "Inbound", "Missed")
CALL_PURPOSES = optional("Prospecting", "Administrative", "Negotiation", "Demo", "Project", "Desk")
CALL_RESULTS = optional(
    "Interested", "Not interested", "No response/Busy", "Requested more info", "Requested call back", "Invalid number"
)
CALL_STATUSES = options("Attended Dialled", "Received", "Missed", "Scheduled Dialled", "Overdue", "Cancelled")
OUTGOING_STATUSES = options("Scheduled", "Completed", "Overdue", "Cancelled")
PRODUCT_CATEGORIES = optional("Hardware", "Software", "CRM Applications")
USAGE_UNITS = optional(
    "Box",
    "Carton",
    "Dozen",
    "Each",
    "Hours",
    "Impressions",
    "Lb",
    "M",
    "Pack",
    "Pages",
    "Pieces",
    "Quantity",
    "Reams",
    "Sheet",
    "Spiral Binder",
    "Sales Package",
    "Square Feet",
)  # fmt: skip -- one word a line says no more
MANUFACTURERS = optional("AltvetPet Inc.", "LexPon Inc.", "MetBeat Corp.")
TAXES = options("Sales Tax", "Vat")
LEAD_STATUSES = optional(
    "Attempted to Contact",
    "Contact in Future",
    "Contacted",
    "Junk Lead",
    "Lost Lead",
    "Not Contacted",
    "Pre-Qualified",
    "Not Qualified",
)  # fmt: skip -- one word a line says no more
UNSUBSCRIBED_MODES = options("Consent form", "Manual", "Unsubscribe link", "Zoho campaigns")
CHECK_IN_STATUSES = options("PLANNED", "CHECKED_IN", "UNPLANNED")
DELIVERY_TERMS = options("Ex works", "Free carrier", "Delivered duty paid")
BEST_TIMES = options("Morning", "Afternoon", "Evening")
CAMPAIGN_TYPES = optional("Conference", "Webinar", "Trade Show", "Partners", "Email", "Advertisement", "Other")
CAMPAIGN_STATUSES = optional("Planning", "Active", "Inactive", "Complete")
RECORD_STATUSES = options("Available", "Draft", "Trash")
COUNTRIES = optional(
    "Austria",
    "Belgium",
    "Denmark",
    "France",
    "Germany",
    "Ireland",
    "Italy",
    "Netherlands",
    "Poland",
    "Portugal",
    "Spain",
    "Sweden",
    "Switzerland",
    "United Kingdom",
    "United States",
)  # fmt: skip -- one word a line says no more
STATES = optional(
    "Bavaria",
    "Berlin",
    "Hamburg",
    "Hesse",
    "Saxony",
    "Île-de-France",
    "Bretagne",
    "Vienna",
    "Tyrol",
    "Zürich",
    "Noord-Holland",
    "Lombardia",
    "Cataluña",
    "Greater London",
    "California",
    "New York",
    "Texas",
)  # fmt: skip -- one word a line says no more

CRM_STAGES = (
    Stage(display="Qualification", actual="Qualification", probability=10),
    Stage(display="Needs Analysis", actual="Needs Analysis", probability=20),
    Stage(display="Value Proposition", actual="Value Proposition", probability=40),
    Stage(display="Identify Decision Makers", actual="Id. Decision Makers", probability=60),
    Stage(display="Proposal/Price Quote", actual="Proposal/Price Quote", probability=75),
    Stage(display="Negotiation/Review", actual="Negotiation/Review", probability=90),
    Stage(display="Closed Won", actual="Closed Won", probability=100, forecast="Closed", category="Closed Won"),
    Stage(display="Closed Lost", actual="Closed Lost", probability=0, forecast="Omitted", category="Closed Lost"),
    Stage(
        display="Closed Lost to Competition",
        actual="Closed-Lost to Competition",
        probability=0,
        forecast="Omitted",
        category="Closed Lost",
    ),
)
BIGIN_STAGES = (
    Stage(display="Qualification", actual="Qualification", probability=10),
    Stage(display="Needs Analysis", actual="Needs Analysis", probability=30),
    Stage(display="Proposal/Price Quote", actual="Proposal/Price Quote", probability=60),
    Stage(display="Negotiation/Review", actual="Negotiation/Review", probability=80),
    Stage(display="Kick-off", actual="Kick-off", probability=40),
    Stage(display="Training", actual="Training", probability=70),
    Stage(display="Renewal Due", actual="Renewal Due", probability=50),
    Stage(display="Closed Won", actual="Closed Won", probability=100, forecast="Closed", category="Closed Won"),
    Stage(display="Closed Lost", actual="Closed Lost", probability=0, forecast="Omitted", category="Closed Lost"),
)
CRM_PIPELINE = PipelineDef(
    display="Standard (Standard)",
    actual="Standard (Standard)",
    stages=tuple(stage.actual for stage in CRM_STAGES),
    default=True,
)
CRM_RENEWALS = PipelineDef(
    display="Renewals",
    actual="Renewals",
    stages=("Qualification", "Negotiation/Review", "Closed Won", "Closed Lost"),
)
BIGIN_SALES = PipelineDef(
    display="Sales Pipeline Standard",
    actual="Sales Pipeline Standard",
    stages=(
        "Qualification",
        "Needs Analysis",
        "Proposal/Price Quote",
        "Negotiation/Review",
        "Closed Won",
        "Closed Lost",
    ),
    default=True,
)  # fmt: skip -- one word a line says no more
BIGIN_RENEWALS = PipelineDef(
    display="Renewals", actual="Renewals", stages=("Renewal Due", "Negotiation/Review", "Closed Won", "Closed Lost")
)
BIGIN_ONBOARDING = PipelineDef(
    display="Onboarding Standard",
    actual="Onboarding Standard",
    stages=("Kick-off", "Training", "Closed Won", "Closed Lost"),
    default=True,
)


def stage_options(stages: tuple[Stage, ...]) -> tuple[Option, ...]:
    """Stages as the options of the field Stage."""
    return tuple(
        Option(
            stage.display,
            stage.actual,
            facts=(
                ("probability", stage.probability),
                ("forecast_category", {"name": stage.forecast, "id": None}),
                ("forecast_type", stage.forecast),
                ("deal_category", stage.category),
            ),
        )
        for stage in stages
    )
