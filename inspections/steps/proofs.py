"""Files that come with a step: kept as evidence of the record that moved, all of them or none."""

from povertyparty.models import StoredFile
from povertyparty.screening import FileRefused
from povertyparty.steps import Process, StepIncomplete

MOST_FILES = 100  # of one record; a step brings at most 20


class Proven(Process):
    """A process whose steps may bring files, under the need `evidence`; `noun` is what people call the record."""

    noun = ""

    def amiss(self, found, verb, details):
        return self.too_many(found, details)

    def too_many(self, found, details):
        """{need: why} where these files are more than one record should have."""
        uploads = details.get("evidence")
        if uploads and found.evidence.count() + len(uploads) > MOST_FILES:
            return {"evidence": f"{self.noun}的材料已接近{MOST_FILES}份的上限，请合并后再报送"}
        return {}

    def leave_trail(self, found, details, **step):
        uploads = details.pop("evidence", None) or ()
        taken = super().leave_trail(found, details, **step)
        self.keep_evidence(found, taken, uploads)
        return taken

    def keep_evidence(self, found, taken, uploads):
        """What is refused undoes the step with everything that was kept for it."""
        refused = []
        for upload in uploads:
            try:
                stored = StoredFile.keep(upload, place_code=found.place_id, by=taken.by)
            except FileRefused as refusal:
                refused.append(str(refusal))
            else:
                found.evidence.create(place_id=found.place_id, step=taken, file=stored)
        if refused:
            raise StepIncomplete(self.steps[taken.verb], {"evidence": "；".join(refused)})
