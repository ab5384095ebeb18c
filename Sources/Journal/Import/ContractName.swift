import Primitives

extension SymbolName {
    /// What goes by its own name and says no currency: a dated future, `ESZ26`, or an index, `US30`.
    ///
    /// - Parameter quote: what prices are in, where the row says it. The journal asks the instrument else.
    init(contract: String, quote: String = "", kind: MarketKind) {
        base = contract
        self.quote = quote
        name = contract
        self.kind = kind
    }

    /// A dated future under one name, however its source writes it: `ESZ26` for `ESZ6`, `ES 12-26`, `ES DEC26`,
    /// `/ESZ26:XCME` and `CME_MINI:ESZ2026`. Nil for what has no month and year, as `ES1!`.
    ///
    /// - Parameter year: when it was traded: a year of one digit is the first from then on that ends in it.
    static func future(_ text: String, traded year: Int, quote: String = "") -> SymbolName? {
        guard text.utf8.count <= 40 else { return nil }
        let names = text.uppercased().split(separator: ":").map { $0.hasPrefix("/") ? $0.dropFirst() : $0 }
        for name in names {
            guard let (root, month, digits) = spacedFuture(name) ?? joinedFuture(name), let last = Int(digits) else {
                continue
            }
            let whole: Int
            switch digits.utf8.count {
            case 1: whole = year + ((last - year) % 10 + 10) % 10
            case 2: whole = 2000 + last
            default: whole = last
            }
            guard (2009...2099).contains(whole) else { continue }
            let short = whole % 100
            return SymbolName(
                contract: "\(root)\(monthCodes[month - 1])\(short < 10 ? "0" : "")\(short)", quote: quote, kind: .future
            )
        }
        return nil
    }

    private static let monthCodes = Array("FGHJKMNQUVXZ")
    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]

    /// `ES 12-26`, `ES DEC26`, `FDXM 20260320 M`.
    private static func spacedFuture(_ name: Substring) -> (root: Substring, month: Int, year: Substring)? {
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2, isRoot(words[0]) else { return nil }
        if words[1].utf8.count == 8, isNumber(words[1]), let month = Int(words[1].dropFirst(4).prefix(2)) {
            return (1...12).contains(month) ? (words[0], month, words[1].prefix(4)) : nil
        }
        guard words.count == 2 else { return nil }
        let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].utf8.count == 2, isNumber(parts[1]), isNumber(parts[0]), let month = Int(parts[0])
        {
            return (1...12).contains(month) ? (words[0], month, parts[1]) : nil
        }
        let year = words[1].dropFirst(3)
        guard year.utf8.count == 2, isNumber(year), let place = monthNames.firstIndex(of: String(words[1].prefix(3)))
        else {
            return nil
        }
        return (words[0], place + 1, year)
    }

    /// `ESZ6`, `ESZ26`, `ESZ2026`.
    private static func joinedFuture(_ name: Substring) -> (root: Substring, month: Int, year: Substring)? {
        let year = name.suffix(while: { $0.isASCII && $0.isNumber })
        guard [1, 2, 4].contains(year.utf8.count), let code = name[..<year.startIndex].last,
            let place = monthCodes.firstIndex(of: code)
        else { return nil }
        let root = name[..<year.startIndex].dropLast()
        return isRoot(root) ? (root, place + 1, year) : nil
    }

    private static func isRoot(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isDigit || $0.asciiLowercased != $0 }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isDigit }
    }
}

extension Substring {
    /// The longest end all of whose characters pass.
    fileprivate func suffix(while isWanted: (Character) -> Bool) -> Substring {
        var begin = endIndex
        while begin > startIndex, isWanted(self[index(before: begin)]) { begin = index(before: begin) }
        return self[begin...]
    }
}

extension Timestamp {
    /// By UTC.
    var year: Int { CivilDay(daysSince1970: Int(milliseconds / 86_400_000)).year }
}
