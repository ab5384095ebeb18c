import Primitives

/// Texts of people inside a Markdown file: whoever opens it neither runs their HTML, nor loads their pictures, nor follows
/// a link that does something else than to open a page.
package enum MarkdownText {
    /// A cell of a table, which shows the text as it was written: no Markdown of its own, and no pipes and line breaks,
    /// which would end it.
    package static func cell(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|": result += "\\|"
            case "\r": continue
            case "\n": result += "<br>"
            case "[", "]", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            // `\<` shows as `<` in some readers only.
            case "<": result += "&lt;"
            case "&": result += "&amp;"
            default: append(scalar, to: &result)
            }
        }
        return result
    }

    /// A text that has the page to itself, and is Markdown. Links to pages stay links; what else could become one, a
    /// picture or HTML shows as it was written.
    package static func page(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            let rest = scalars[(index + 1)...]
            switch scalar {
            case "\n", "\r", "\t": result.unicodeScalars.append(scalar)
            case "<" where beginsTag(rest): result += "&lt;"
            case "!" where rest.first == "[": result += "!\\"
            case "]" where (rest.first == "(" || rest.first == ":") && !leadsToPage(rest.dropFirst()): result += "]\\"
            default: append(scalar, to: &result)
            }
        }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case _ where scalar.isControl || scalar.turnsText: text += "\u{fffd}"
        case _ where scalar.isLineSeparator: text += " "
        default: text.unicodeScalars.append(scalar)
        }
    }

    /// Whether `<` before this could begin HTML, or a link in angle brackets that leads to no page.
    private static func beginsTag(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = rest.first else { return false }
        let isMarkup = first.isASCII && (first.properties.isAlphabetic || "/!?".unicodeScalars.contains(first))
        return isMarkup && !leadsToPage(rest)
    }

    /// Where a link may lead.
    package static let schemes = ["http://", "https://", "mailto:"]

    private static func leadsToPage(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        // Blanks and an angle bracket may stand before an address.
        let address = rest.drop { $0 == " " || $0 == "<" }
        return schemes.contains { scheme in
            address.prefix(scheme.unicodeScalars.count).elementsEqual(scheme.unicodeScalars) {
                $0.properties.lowercaseMapping == String($1)
            }
        }
    }
}
