import Primitives

/// Holding times, half-open: a trade of exactly five minutes is in the bucket that starts at five.
package enum DurationBucket: Int, Sendable, CaseIterable, Hashable {
    case under1Minute, from1Minute, from5Minutes, from15Minutes, from1Hour, from4Hours, from1Day, from3Days
    case from7Days, from30Days

    /// Where the bucket starts, in minutes.
    package var startMinutes: Int {
        switch self {
        case .under1Minute: 0
        case .from1Minute: 1
        case .from5Minutes: 5
        case .from15Minutes: 15
        case .from1Hour: 60
        case .from4Hours: 240
        case .from1Day: 1440
        case .from3Days: 4320
        case .from7Days: 10_080
        case .from30Days: 43_200
        }
    }

    /// `[5m,15m)`.
    package var name: String {
        switch self {
        case .under1Minute: "[0,1m)"
        case .from1Minute: "[1m,5m)"
        case .from5Minutes: "[5m,15m)"
        case .from15Minutes: "[15m,60m)"
        case .from1Hour: "[1h,4h)"
        case .from4Hours: "[4h,24h)"
        case .from1Day: "[1d,3d)"
        case .from3Days: "[3d,7d)"
        case .from7Days: "[7d,30d)"
        case .from30Days: "[30d,)"
        }
    }

    /// The bucket of a holding time, as a place in `allCases`; a trade that closed before it opened was held for no time.
    static func index(heldMilliseconds: Int128) -> Int {
        (allCases.last { heldMilliseconds >= Int128($0.startMinutes) * 60_000 } ?? .under1Minute).rawValue
    }
}
