"""A document is put together: its texts, what stands at its top and its foot (G-15), its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from account.documents.kinds import DocumentFormat
from account.documents.orders import MadeFile
from account.documents.paper_languages import is_translation
from account.values.periods import Period, today
from documents.layout import cells
from documents.layout.blocks import Block, Facts, Foot, FormHead, Layout, Prose, Title
from documents.layout.header import DocumentHeader, shown_days, shown_with_zone
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.orders import Progress
    from documents.render.in_place import Renderer

GOES_ON = N_("The table goes on in the next file of this archive.")
REST = N_("The rest does not fit in one file: order a shorter period.")


@dataclass(frozen=True, slots=True)
class DocumentComposer:
    """A document being put together: its words, and the renderer that makes it."""

    renderer: Renderer
    header: DocumentHeader

    def word(self, text: str) -> str:
        """A text marked with `N_`, in the paper's language; in several, one beside the other."""
        return self.each(lambda language: self.renderer.say(language, text))

    def each(self, told: Callable[[str], str | None]) -> str:
        """What is told in each language of the paper, beside each other; the same only once."""
        head = self.header
        said = [told(language) for language in (head.language, *head.beside)]
        return " / ".join(dict.fromkeys(filter(None, said)))

    def apart(self) -> tuple[DocumentComposer, ...]:
        """A composer for each language of the paper: sentences follow each other."""
        head = self.header
        return tuple(
            replace(self, header=replace(head, language=language, beside=()))
            for language in (head.language, *head.beside)
        )

    def translated(self) -> Sequence[Prose]:
        """What a paper says that is in no language of the books."""
        if not is_translation((self.header.language, *self.header.beside)):
            return ()
        said = N_("A translation: order it in Kazakh or Russian for the books.")
        return (Prose([self.word(said)], strong=True),)

    def top(
        self, title: str, *facts: tuple[str, str], period: Period | None = None, note: str = ""
    ) -> tuple[Block[Any], ...]:
        """The title and the block below it; `facts` are labels (English) with their values.

        Who asked for it stands below (`foot`): that is no part of a paper.
        """
        head = self.header
        when = () if period is None else ((N_("Period"), shown_days(period)),)
        lines = [
            (N_("Company"), head.company),
            (N_("BIN"), head.bin),
            *when,
            *facts,
            (N_("Generated at"), shown_with_zone(head.made_at)),
        ]
        return (
            Title(self.word(title), self.word(note) if note else ""),
            Facts([(self.word(label), cells.text(value) or "") for label, value in lines]),
        )

    def foot(self) -> Foot:
        """Who asked for the paper and when it was made, apart from what it says."""
        head = self.header
        lines = [
            (N_("Request"), head.reference),
            (N_("Requested by"), head.requested_by),
            (N_("Generated at"), shown_with_zone(head.made_at)),
        ]
        said = " · ".join(f"{self.word(label)}: {cells.text(value)}" for label, value in lines)
        return Foot(said)

    async def file(
        self,
        blocks: Sequence[Block[Any]],
        stem: str,
        sheet: str,
        form: DocumentFormat,
        *,
        landscape: bool = True,
        title: str = "",
        progress: Progress | None = None,
    ) -> MadeFile:
        """The finished file, `stem` its name without the ending. Raises `DocumentNotMade`.

        Who asked for it stands at its end, unless it stands in the blocks. Its `title` (English) is
        that of its first block where none is given.
        """
        first = next(
            one.text if isinstance(one, Title) else one.title
            for one in blocks
            if isinstance(one, Title | FormHead)
        )
        named = self.word(title) if title else first
        if not any(isinstance(one, Foot) for one in blocks):
            blocks = [*blocks, self.foot()]
        layout = Layout(
            language=self.header.language,
            title=cells.text(f"{named}, {self.header.company}") or "",
            day=today(self.header.made_at).isoformat(),
            sheet=self.apart()[0].word(sheet),
            foot=stem,
            words={
                "page": self.word(N_("Page {page} of {pages}")),
                "cut": self.word(
                    N_("The first {shown} of {rows} rows are printed. Order XLSX for all of them.")
                ),
                "bare": self.apart()[0].word(N_("Data")),
                "cut_total": self.word(N_("Total of all {rows} rows")),
                "continued": self.word(GOES_ON),
                "rest": self.word(REST),
            },
            landscape=landscape,
            author="My Account",
        )
        made = await self.renderer.make(blocks, layout, form, progress)
        ending = form.value if made.parts == 1 else "zip"
        return MadeFile(content=made.content, name=f"{stem}.{ending}", rows=made.rows)
