/// A name that a person gives to something of theirs.
enum GivenName {
    static let bytesMax = 100

    /// The name as it is kept: without blanks around it, and one between words. Nil for one that is empty, too long, or has
    /// line breaks or other control characters.
    static func kept(_ text: String) -> String? {
        let name = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        let isPlain = !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return !name.isEmpty && name.utf8.count <= bytesMax && isPlain ? name : nil
    }

    /// What is wrong with one that is not kept.
    static func problem(_ noun: String) -> String {
        "A \(noun)'s name is one line of 1 to \(bytesMax) bytes; this one is not. Give a shorter, plain name."
    }
}
