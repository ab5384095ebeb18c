/// How a workbook shows its numbers, as far as it makes times of them (ECMA-376 part 1, 18.8).
struct CellFormats {
    /// As many looks as Excel has room for.
    static let countMax = 65_536

    private var times: [TimeFormat?] = []

    /// Without any: all numbers are numbers.
    init() {}

    init(_ part: WorkbookPart) throws {
        var codes: [Int: String] = [:]
        var isInCells = false
        while let event = try part.next() {
            switch event {
            case .open("numFmt", let attributes):
                guard let id = attributes["numFmtId"].flatMap({ Int($0) }), codes.count < Self.countMax else { break }
                codes[id] = attributes["formatCode"]
            case .open("cellXfs", _): isInCells = true
            case .close("cellXfs"): isInCells = false
            case .open("xf", let attributes) where isInCells && times.count < Self.countMax:
                let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
                times.append(codes[id].map { TimeFormat($0) } ?? TimeFormat(builtIn: id))
            default: break
            }
        }
    }

    /// Nil for a look that shows a number.
    subscript(style: Int) -> TimeFormat? { times.indices.contains(style) ? times[style] : nil }
}

/// What a look shows of a moment.
struct TimeFormat: Hashable {
    private(set) var hasDate = false
    private(set) var hasClock = false
    private(set) var hasSeconds = false
    /// Hours that are counted beyond a day: `[h]:mm`.
    private(set) var isDuration = false

    /// Nil for a code that shows no moment: `#,##0.00`.
    init?(_ code: String) {
        var letters: [Character] = []
        var rest = code[...]
        scan: while let character = rest.popFirst() {
            switch character {
            case ";": break scan
            case "\"": rest = rest.drop { $0 != "\"" }.dropFirst()
            case "\\", "_", "*": rest = rest.dropFirst()
            case "[":
                let word = rest.prefix { $0 != "]" }.lowercased()
                rest = rest.drop { $0 != "]" }.dropFirst()
                // Others are colors, conditions and languages.
                guard let unit = word.first, "hms".contains(unit), word.allSatisfy({ $0 == unit }) else { break }
                isDuration = true
                letters.append(unit)
            case "A", "a":
                let word = character.lowercased() + rest.lowercased()
                for mark in ["am/pm", "a/p"] where word.hasPrefix(mark) {
                    letters.append("h")
                    rest = rest.dropFirst(mark.count - 1)
                }
            default:
                let letter = Character(character.lowercased())
                if "ymdhs".contains(letter), letters.last != letter { letters.append(letter) }
            }
        }
        for (index, letter) in letters.enumerated() {
            // A month, but beside an hour or a second a minute.
            let isMinute =
                letter == "m"
                && (index > 0 && letters[index - 1] == "h"
                    || index + 1 < letters.count && letters[index + 1] == "s" || isDuration)
            hasDate = hasDate || "yd".contains(letter) || letter == "m" && !isMinute
            hasClock = hasClock || "hs".contains(letter) || isMinute
            hasSeconds = hasSeconds || letter == "s"
        }
        guard hasDate || hasClock else { return nil }
    }

    /// Those that a workbook need not describe (18.8.30), with those that Excel has in East Asia.
    init?(builtIn id: Int) {
        switch id {
        case 14...17, 27...31, 34...36, 50...54, 57, 58: hasDate = true
        case 18, 20, 32, 55: hasClock = true
        case 19, 21, 33, 45, 47, 56: (hasClock, hasSeconds) = (true, true)
        case 22: (hasDate, hasClock) = (true, true)
        case 46: (hasClock, hasSeconds, isDuration) = (true, true, true)
        default: return nil
        }
    }
}
