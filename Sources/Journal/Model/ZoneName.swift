import Foundation

extension TimeZone {
    /// What people call it: Foundation says GMT of the zone that they write as UTC.
    package var name: String { identifier == "GMT" ? "UTC" : identifier }
}
