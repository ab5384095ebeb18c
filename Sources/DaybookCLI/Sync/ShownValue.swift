import Foundation
import Journal
import Primitives
import Storage
import Sync

/// How a field's value is shown to a person, and given to a script.
struct ShownValue {
    private let value: PlainValue

    init(_ value: Value, field: String) { self.value = PlainValue(value, field: field) }

    /// In the words of a person: local times, whole texts, nothing said for nothing.
    var text: String {
        switch value {
        case .none: "(empty)"
        case .text(let text): text.isEmpty ? "(empty)" : text
        case .time(let time): Self.local(time)
        case .integer(let integer): String(integer)
        case .unknown: "(a value of a newer version)"
        }
    }

    /// The first line, and a word on how much more there is.
    var line: String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, let first = lines.first else { return text }
        return "\(first) … (\(lines.count) lines)"
    }

    var json: JSON {
        switch value {
        case .none, .unknown: .null
        case .text(let text): .text(text)
        case .time(let time): .time(time)
        case .integer(let integer): .integer(integer)
        }
    }

    /// `2026-11-21 10:30:00` in the zone of this machine.
    static func local(_ time: Timestamp) -> String {
        var seconds = time_t(time.milliseconds.flooredDivision(by: 1000).quotient)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return time.description }
        let date = "\(pad(Int(parts.tm_year) + 1900, 4))-\(pad(Int(parts.tm_mon) + 1, 2))-\(pad(Int(parts.tm_mday), 2))"
        return "\(date) \(pad(Int(parts.tm_hour), 2)):\(pad(Int(parts.tm_min), 2)):\(pad(Int(parts.tm_sec), 2))"
    }
}
