import Primitives

/// What a list says besides its rows: that it was cut, and why it is empty.
struct Listing {
    /// How many rows a person is shown who did not say how many.
    static let shownMax = 50

    /// In the plural: `trades`.
    let noun: String
    /// The option that says how many.
    var option = "--limit"
    /// The most that the option takes.
    let countMax: Int

    /// How many rows to fetch: as given, else a page for a person, and all for a script.
    ///
    /// - Throws: `argument.bad_number`.
    func limit(_ given: Int?, json: Bool, page: Int = Self.shownMax) throws(Failure) -> Int {
        guard let given else { return json ? countMax : page }
        return min(try Given.limit(given), countMax)
    }

    /// Says on standard error what was left out and how to get it, also beside JSON.
    func note(shown: Int, of count: Int) {
        guard count > shown else { return }
        let more = min(count, countMax)
        let hint = more <= shown ? "No list is longer." : "\(option) \(more) shows \(more < count ? "more" : "all")."
        Terminal.note("\(shown) of \(count) \(noun). \(hint)")
    }

    /// Says so where a list ends because none is longer.
    static func noteFull(_ shown: Int, of countMax: Int, _ noun: String) {
        if shown >= countMax { Terminal.note("Only the first \(countMax) \(noun) are shown.") }
    }

    /// - Parameters:
    ///   - count: how many there are without the conditions.
    ///   - hint: what makes the first.
    func empty(count: Int, hint: String) {
        print(
            count > 0
                ? "No \(noun) match. There are \(count) without these conditions."
                : "No \(noun). \(hint)")
    }
}
