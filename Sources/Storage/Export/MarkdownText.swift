import Primitives

/// Texts of people inside a Markdown file: what they wrote shows as they wrote it, and whoever opens the file neither
/// runs their HTML, nor loads their pictures, nor follows their links unseen. Headings, lists and emphasis stay.
enum MarkdownText {
    /// A cell of a table: pipes and line breaks would end it.
    static func cell(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|": result += "\\|"
            case "\r": continue
            case "\n": result += "<br>"
            default: append(scalar, to: &result)
            }
        }
        return result
    }

    /// A text that has the page to itself, with its line breaks.
    static func page(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\t": result.unicodeScalars.append(scalar)
            default: append(scalar, to: &result)
            }
        }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        // Without these there is neither a link nor a picture, and what hides one behind a code of its own.
        case "[", "]", "\\":
            text += "\\"
            text.unicodeScalars.append(scalar)
        // `\<` shows as `<` in some readers only.
        case "<": text += "&lt;"
        case "&": text += "&amp;"
        case _ where scalar.isControl || scalar.turnsText: text += "\u{fffd}"
        case _ where scalar.isLineSeparator: text += " "
        default: text.unicodeScalars.append(scalar)
        }
    }
}
