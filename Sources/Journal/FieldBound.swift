import Primitives
import Sync

/// Within what the values of a field mean something.
///
/// A value beyond it is no reason to refuse a commit: an older version may have let it through, and a later one may know
/// what it means. It is kept and passed on like that of an unknown field, and shown as none. So whoever reads a column
/// has a number with which it is safe to reckon, whatever a device sent.
package enum FieldBound: Sendable {
    /// Whatever its form admits.
    case form
    /// Text that is shown in one line.
    case word
    /// Milliseconds since 1970, within the years 1 to 9999.
    case time
    /// A civil day, `2026-11-21`.
    case day
    /// 0 or 1.
    case flag
    /// A rating; 0 rates nothing.
    case stars
    /// A count of bytes.
    case size
    /// When the day starts, in minutes before or after midnight.
    case minutesOfDay
    /// A SHA-256.
    case digest

    /// Of a text in one line, in bytes: longer than the longest that a person may write, an entry's title or the caption
    /// of an image, at any time so far.
    package static let wordBytesMax = 4096
    /// The greatest whole number that every reader of JSON keeps exactly.
    package static let countMax: Int64 = 1 << 53 - 1
    package static let starsMax: Int64 = 5
    package static let digestBytes = 32

    func admits(_ value: Value) -> Bool {
        switch (value, self) {
        case (.text(let text), .word): text.utf8.count <= Self.wordBytesMax
        case (.text(let text), .day): CivilDay(text)?.description == text
        case (.integer(let number), .time): Timestamp(milliseconds: number).isInBounds
        case (.integer(let number), .flag): (0...1).contains(number)
        case (.integer(let number), .stars): (0...Self.starsMax).contains(number)
        case (.integer(let number), .size): (0...Self.countMax).contains(number)
        case (.integer(let number), .minutesOfDay): number.magnitude <= JournalSettings.startOfDayMinutesMax
        case (.bytes(let bytes), .digest): bytes.count == Self.digestBytes
        case (_, .form): true
        default: false
        }
    }
}
