import Foundation
import Primitives

/// Where output goes, and what that place can show.
///
/// Colour and moving bars are for people at a terminal only: a pipe or a file gets plain text, and so does everyone who
/// set `NO_COLOR` (https://no-color.org) or works on a dumb terminal.
struct Terminal: Sendable {
    enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case highlight = "1;33"
    }

    let isTerminal: Bool
    let hasColor: Bool
    /// In characters; nil where nobody looks, so that nothing has to be cut.
    let width: Int?

    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)
    /// Whether a person can be asked something.
    static let canAsk = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1

    init(isTerminal: Bool, hasColor: Bool, width: Int?) {
        self.isTerminal = isTerminal
        self.hasColor = hasColor
        self.width = width
    }

    private init(descriptor: Int32) {
        let environment = ProcessInfo.processInfo.environment
        isTerminal = isatty(descriptor) == 1
        hasColor =
            isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"].map { $0 != "dumb" } ?? false
        var size = winsize()
        let isKnown = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let wished = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        width = isTerminal ? wished ?? (isKnown ? Int(size.ws_col) : 80) : nil
    }

    func styled(_ text: String, _ style: Style?) -> String {
        guard hasColor, let style else { return text }
        return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
    }

    /// Writes a line to standard error: progress, hints and warnings, which are no part of the answer.
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

extension String {
    /// The text on one line, with nothing in it that a terminal would obey: what another device wrote must not move
    /// the cursor here.
    var onOneLine: String { cleaned(keepingLines: false) }

    /// The text with its line breaks, and nothing else that a terminal would obey.
    var forTerminal: String { cleaned(keepingLines: true) }

    private func cleaned(keepingLines: Bool) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "\n" where keepingLines: clean.append(scalar)
            case "\r": continue
            case "\n", "\t": clean.append(" ")
            case _ where scalar.isLineSeparator: clean.append(" ")
            case _ where scalar.isControl || scalar.turnsText: clean.append("\u{fffd}")
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// How many cells of a terminal the text takes.
    var cellCount: Int { reduce(0) { $0 + $1.cellCount } }

    /// Padded with blanks up to a number of cells.
    func padded(to cells: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(cells - cellCount, 0))
        return right ? blanks + self : self + blanks
    }

    /// Broken into lines between words; a word that is longer than a line keeps one to itself.
    func wrapped(to cells: Int) -> [String] {
        var lines = [""]
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            let line = lines[lines.count - 1]
            if !line.isEmpty, line.cellCount + 1 + String(word).cellCount > cells {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = line.isEmpty ? String(word) : line + " " + word
            }
        }
        return lines
    }

    /// Cut to a number of cells, with an ellipsis where something is missing.
    func cut(to cells: Int) -> String {
        guard cellCount > cells else { return self }
        var kept = ""
        var used = 1
        for character in self {
            used += character.cellCount
            guard used <= cells else { break }
            kept.append(character)
        }
        return kept + "…"
    }
}

extension Character {
    /// 2 for what East Asian typography and emoji draw wide, else 1.
    fileprivate var cellCount: Int {
        guard let first = unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1faff,
            0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }
}
