"""Layer 5: wiring and use cases: what the command line and the desk can ask for, each one function.

Looking takes no lease and writes nothing; working takes the event; asking leaves a request. The environment comes in as
`Surroundings`.
"""

from safelight.app.around import SOFTWARE, Audience, Surroundings
from safelight.app.asking import Asked, book, decide, redo
from safelight.app.classifying import ClassifierOrder, evaluate_classifier, train_classifier
from safelight.app.classifying_words import classifier_lines, classifier_trained_lines
from safelight.app.data import check_data, data_lines
from safelight.app.deciding import adopt, export_dataset, train_from_event
from safelight.app.deciding_words import exported_dataset_lines, learnt_lines
from safelight.app.doctor import doctor
from safelight.app.explaining import explain_lines
from safelight.app.files import Bench, classify_file, evaluate, inpaint_file, mask_file, sample, stylize_file
from safelight.app.learning import Order, evaluate_segmenter, export_segmenter, train_segmenter
from safelight.app.learning_words import exported_lines, segmenter_lines, trained_lines
from safelight.app.log import turn_over
from safelight.app.looking import Overview, check_rules, explain, language_of, overview, plan_row, verify
from safelight.app.models import Shelf, fetch_model, list_models, remove_model, selftest_models
from safelight.app.models_words import fetched_lines, models_lines, removed_lines, selftest_lines
from safelight.app.service import install as service_install
from safelight.app.service import uninstall as service_uninstall
from safelight.app.service import unit_text as service_unit
from safelight.app.signs import Signs
from safelight.app.studio import DataTrouble, Made, NoSuchData, NoSuchPicture, Place, Studio
from safelight.app.tell import (
    doctor_lines,
    mask_lines,
    outcome_lines,
    plan_lines,
    progress_line,
    status_lines,
    verdict_lines,
    verify_lines,
)
from safelight.app.working import Outcome, init, stop_on_signals, watch, work
from safelight.reconcile.event import Event

__all__ = [
    "SOFTWARE",
    "Asked",
    "Audience",
    "Bench",
    "ClassifierOrder",
    "DataTrouble",
    "Event",
    "Made",
    "NoSuchData",
    "NoSuchPicture",
    "Order",
    "Outcome",
    "Overview",
    "Place",
    "Shelf",
    "Signs",
    "Studio",
    "Surroundings",
    "adopt",
    "book",
    "check_data",
    "check_rules",
    "classifier_lines",
    "classifier_trained_lines",
    "classify_file",
    "data_lines",
    "decide",
    "doctor",
    "doctor_lines",
    "evaluate",
    "evaluate_classifier",
    "evaluate_segmenter",
    "explain",
    "explain_lines",
    "export_dataset",
    "export_segmenter",
    "exported_dataset_lines",
    "exported_lines",
    "fetch_model",
    "fetched_lines",
    "init",
    "inpaint_file",
    "language_of",
    "learnt_lines",
    "list_models",
    "mask_file",
    "mask_lines",
    "models_lines",
    "outcome_lines",
    "overview",
    "plan_lines",
    "plan_row",
    "progress_line",
    "redo",
    "remove_model",
    "removed_lines",
    "sample",
    "segmenter_lines",
    "selftest_lines",
    "selftest_models",
    "service_install",
    "service_uninstall",
    "service_unit",
    "status_lines",
    "stop_on_signals",
    "stylize_file",
    "train_classifier",
    "train_from_event",
    "train_segmenter",
    "trained_lines",
    "turn_over",
    "verdict_lines",
    "verify",
    "verify_lines",
    "watch",
    "work",
]
