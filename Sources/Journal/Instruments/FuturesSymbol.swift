import Primitives

/// The symbol of a dated future, taken apart: `ESZ6`, `ESZ26`, `MESH2026`, `/ESZ26:XCME`, `ES 12-26`, `ES DEC26`,
/// `FDXM 20260320 M`.
package struct FuturesSymbol: Hashable, Sendable {
    /// `ES`.
    package let root: String
    /// 1 ... 12.
    package let month: Int
    /// As written: a digit alone names one of every ten years.
    private let yearText: String

    private static let monthCodes = Array("FGHJKMNQUVXZ")
    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    private static let rootLengths = 1...5
    private static let bytesMax = 40

    /// Nil for what has no month and year behind its root. A name of letters and digits may be something else all the same:
    /// `KnownInstruments.isRoot` knows the roots.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        // What is before a colon or behind it says where it is traded: `/ESZ26:XCME`, `CME_MINI:ESZ2026`.
        let names = text.uppercased().split(separator: ":").map { $0.hasPrefix("/") ? $0.dropFirst() : $0 }
        guard let parts = names.lazy.compactMap({ Self.spaced($0) ?? Self.joined($0) }).first else { return nil }
        root = String(parts.root)
        month = parts.month
        yearText = String(parts.year)
    }

    private typealias Parts = (root: Substring, month: Int, year: Substring)

    /// `ES 12-26`, `ES DEC26`, `FDXM 20260320 M`.
    private static func spaced(_ name: Substring) -> Parts? {
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2, isRoot(words[0]) else { return nil }
        if words[1].utf8.count == 8, isNumber(words[1]), let number = Int(words[1].dropFirst(4).prefix(2)) {
            return (1...12).contains(number) ? (words[0], number, words[1].prefix(4)) : nil
        }
        guard words.count == 2 else { return nil }
        if let dash = words[1].firstIndex(of: "-") {
            let (month, year) = (words[1][..<dash], words[1][words[1].index(after: dash)...])
            guard month.count == 2, year.count == 2, isNumber(month), isNumber(year), let number = Int(month),
                (1...12).contains(number)
            else { return nil }
            return (words[0], number, year)
        }
        let year = words[1].dropFirst(3)
        guard year.count == 2, isNumber(year), let index = monthNames.firstIndex(of: String(words[1].prefix(3))) else {
            return nil
        }
        return (words[0], index + 1, year)
    }

    /// `ESZ6`, `ESZ26`, `ESZ2026`.
    private static func joined(_ name: Substring) -> Parts? {
        let year = name.suffix(while: { $0.isASCII && $0.isNumber })
        guard [1, 2, 4].contains(year.count), let code = name[..<year.startIndex].last,
            let index = monthCodes.firstIndex(of: code)
        else { return nil }
        let root = name[..<year.startIndex].dropLast()
        guard isRoot(root) else { return nil }
        return (root, index + 1, year)
    }

    private static func isNumber(_ text: Substring) -> Bool { text.utf8.allSatisfy { $0.isDigit } }

    private static func isRoot(_ text: Substring) -> Bool {
        rootLengths.contains(text.count) && text.contains(where: \.isLetter)
            && text.utf8.allSatisfy { $0.isDigit || $0.asciiLowercased != $0 }
    }

    /// The year of the contract.
    ///
    /// - Parameter traded: when it was traded. Of the years that one or two digits may mean it is the first from the year
    ///   before on: contracts end months or a few years after they are traded.
    package func year(tradedIn traded: Int) -> Int? {
        guard let digits = Int(yearText) else { return nil }
        guard yearText.count < 4 else { return digits }
        let cycle = yearText.count == 1 ? 10 : 100
        let rest = (digits - (traded - 1)) % cycle
        return traded - 1 + (rest < 0 ? rest + cycle : rest)
    }

    /// As the journal writes it, the year in two digits; nil where that is no year in which a file may have been written.
    ///
    /// - Parameter traded: see `year(tradedIn:)`.
    func name(tradedIn traded: Int) -> String? {
        guard let year = year(tradedIn: traded), (2009...2099).contains(year) else { return nil }
        let short = year % 100
        return "\(root)\(Self.monthCodes[month - 1])\(short < 10 ? "0" : "")\(short)"
    }

    /// As the journal writes it: `ESZ26`, or `ESZ6` where there is one digit only.
    package var name: String { "\(root)\(Self.monthCodes[month - 1])\(yearText.suffix(2))" }
}

extension Substring {
    fileprivate func suffix(while admits: (Character) -> Bool) -> Substring {
        var start = endIndex
        while start > startIndex, admits(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
