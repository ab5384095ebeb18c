import Primitives

/// Which text in XML or HTML a file is, told by its beginning.
enum MarkupForm {
    /// A Flex query of Interactive Brokers.
    case flex
    case html
    /// Any other XML.
    case xml

    private static let headBytes = 4096

    /// Nil for what is neither: a table of prices may begin with `<DATE>`.
    static func of(_ text: [UInt8]) -> MarkupForm? {
        let mark = Array("\u{feff}".utf8)
        let start = text.starts(with: mark) ? text.dropFirst(mark.count) : text[...]
        let head = String(decoding: start.prefix(headBytes), as: UTF8.self).trimmed
        guard head.hasPrefix("<") else { return nil }
        if head.contains("<FlexQueryResponse") { return .flex }
        let folded = head.lowercased()
        if ["<!doctype html", "<html", "<head", "<body", "<table"].contains(where: folded.contains) { return .html }
        return folded.hasPrefix("<?xml") ? .xml : nil
    }
}

extension Failure {
    static func importBadMarkup(_ problem: String) -> Failure {
        Failure(.invalid, "import.bad_markup", "The rest of the file is not read. \(problem)")
    }

    /// - Parameter form: `HTML` or `XML`.
    static func importUnknownMarkup(_ form: String) -> Failure {
        Failure(
            .invalid, "import.unknown_markup",
            "The file is \(form), and no report that Daybook knows. Of HTML it reads the reports that MetaTrader 4 and 5 "
                + "save, in English (View → Languages → English, then save the report again); of XML the Flex queries of "
                + "Interactive Brokers. Most others also export CSV.")
    }
}
