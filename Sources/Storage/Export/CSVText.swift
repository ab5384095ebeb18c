import Primitives

/// Texts as cells of a CSV file that somebody opens in a spreadsheet.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and a note of somebody else's could then
/// read and send what is beside it. Where lists are parted by semicolons it finds cells of its own: after each `;` in a
/// text, and after each line break, because it does not see the quotation marks that stand inside of what it takes for one
/// cell. So an apostrophe stands wherever such a cell could begin, unless the whole text is a number.
package enum CSVText {
    /// RFC 4180, without control characters: a terminal that shows the file would obey them.
    package static func cell(_ text: String) -> String {
        let safe = Amount(text) == nil ? defused(text) : text
        guard safe.unicodeScalars.contains(where: { $0 == "\"" || separators.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// What one spreadsheet or another parts cells and rows by.
    private static let separators: Set<Unicode.Scalar> = [",", ";", "\t", "|", "\r", "\n", "\u{2028}", "\u{2029}"]
    /// What makes a formula of a cell, the wide forms of East Asian keyboards included.
    private static let triggers: Set<Unicode.Scalar> = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
    /// What a spreadsheet may take off the beginning of a cell before it looks.
    private static let skipped: Set<Unicode.Scalar> = [" ", "\u{a0}", "\"", "'"]

    private static func defused(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        /// What stands at the beginning of a cell and decides nothing yet.
        var held = String.UnicodeScalarView()
        var isAtBeginning = true
        for scalar in text.unicodeScalars {
            let scalar = scalar.isControl && !separators.contains(scalar) ? "\u{fffd}" : scalar
            if separators.contains(scalar) {
                result.append(contentsOf: held)
                held.removeAll()
                result.append(scalar)
                isAtBeginning = true
            } else if isAtBeginning, skipped.contains(scalar) {
                held.append(scalar)
            } else {
                if isAtBeginning, triggers.contains(scalar) { result.append("'") }
                result.append(contentsOf: held)
                held.removeAll()
                result.append(scalar)
                isAtBeginning = false
            }
        }
        result.append(contentsOf: held)
        return String(result)
    }
}
