"""Legal forms of companies in many languages: words that say how a company is owned, not which one it is."""
# ruff: noqa: RUF001 -- some of these forms are Cyrillic, and look Latin

TRAILING = frozenset(
    """
    ab ag aktiebolag aktiengesellschaft ans aps asa bhd bt bv bvba cia co company comv corp corporation cvba
    doo ehf eirl ek eood eu eurl ev ewiv ges gesmbh ggmbh gbr gmbh gmbhco hf inc incorporated kb kda kft kg kgaa kk
    ks ky lda limitada limited lllp llc llp lp ltd ltda mbh nv nyrt oe og ohg ood oow ou oy oyj ooo pao plc pllc pt
    pte pty publ pvt qsc rt sa saa sab sac sal sapi sarl sas sasu sca sccl scop scrl scs sdn se sk slne slu sl snc
    soc sp spol spolka spzoo srl srls sro tbk uab ug ulc unlimited vof vzw wll zao zoo zrt
    ип оао ооо пао зао ао тоо чп тов
    """.split()
)
"""Words at the end of a name, folded: no case, diacritics, punctuation."""

LEADING = frozenset("pt cv ooo zao oao uab sia ооо оао зао пао ао ип тоо чп тов".split())
"""Words at the beginning of a name, folded likewise."""

GLUED = (
    *("株式会社", "有限会社", "合同会社", "(株)", "(有)"),
    *("股份有限公司", "有限责任公司", "有限公司"),
    *("주식회사", "(주)"),
)
"""Forms written without a space before or after the name; the longer one of two first."""

AS_SPELLED = ("S.p.A.", "S.p.A", "SpA", "S.P.A.", "A/S", "a.s.", "A.S.", "AS")
"""Forms that would be ordinary words (spa, as) if case and dots were taken away first."""

JOINING = frozenset({"and", "und", "et"})
"""Words that stand for `&`, which is dropped as punctuation."""
