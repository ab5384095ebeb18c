import Foundation

/// A moment on the clock that all processes of this machine share.
struct Moment: Comparable {
    let seconds: Double

    static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(seconds: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
    }

    static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}
