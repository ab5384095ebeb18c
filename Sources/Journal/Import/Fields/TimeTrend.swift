import Primitives

/// Counts how often a time is later and earlier than the one above it.
struct TimeTrend {
    private var time: FieldTime
    private var last: Timestamp?
    private(set) var count = 0
    private var laterCount = 0
    private var earlierCount = 0

    init(time: FieldTime) { self.time = time }

    init(time: FieldTime, order: DateOrder) {
        self.time = time
        self.time.dateOrder = order
        self.time.shortOrder = order
    }

    mutating func add(_ field: FieldBytes, clock: FieldBytes) {
        guard case .time(let moment) = time.read(field, clock: clock) else { return }
        count += 1
        if let last {
            if moment > last { laterCount += 1 }
            if moment < last { earlierCount += 1 }
        }
        last = moment
    }

    var isDecided: Bool { earlierCount != laterCount }
    var isDescending: Bool { earlierCount > laterCount }
    var disorder: Int { min(earlierCount, laterCount) }
}

/// What the dates of a file say of the order of their numbers.
struct DateEvidence {
    /// For each order how many times the rows then change their direction.
    var disorder: [DateOrder: Int] = [:]
    private(set) var longSample = ""
    private(set) var shortSample = ""
    private var long = Numbers()
    private var short = Numbers()

    /// The numbers in the three places.
    private struct Numbers {
        var count = 0
        var hasPoint = false
        /// For each order how many dates it cannot be.
        var misfits: [DateOrder: Int] = [:]
        /// Which values occur in each place; at most 99.
        var values: [Set<Int>] = [[], [], []]
    }

    var hasShort: Bool { short.count > 0 }

    mutating func add(_ field: FieldBytes) {
        guard let date = FieldTime.openDate(field) else { return }
        var numbers = date.isShort ? short : long
        numbers.count += 1
        if date.separator == UInt8(ascii: ".") { numbers.hasPoint = true }
        let parts = [date.first, date.second, date.third]
        for (place, value) in parts.enumerated() where numbers.values[place].count < 100 {
            numbers.values[place].insert(value)
        }
        for order in DateOrder.allCases where !Self.fits(parts, order, isShort: date.isShort) {
            numbers.misfits[order, default: 0] += 1
        }
        if date.isShort {
            if short.count == 0 { shortSample = field.quoted }
            short = numbers
        } else {
            if long.count == 0 { longSample = field.quoted }
            long = numbers
        }
    }

    private static func fits(_ parts: [Int], _ order: DateOrder, isShort: Bool) -> Bool {
        let (year, month, day) =
            switch order {
            case .yearFirst: (parts[0], parts[1], parts[2])
            case .dayFirst: (parts[2], parts[1], parts[0])
            case .monthFirst: (parts[2], parts[0], parts[1])
            }
        // No journal is older than Bitcoin.
        return (1...12).contains(month) && (1...31).contains(day) && (!isShort || year >= 9)
    }

    /// Nil where no date leaves its order open.
    func longOrder(given: DateOrder?, habit: DateOrder?) -> (DateOrder, isProven: Bool)? {
        guard long.count > 0 else { return nil }
        if let given, given != .yearFirst { return (given, true) }
        let (days, months) = (long.misfits[.dayFirst, default: 0], long.misfits[.monthFirst, default: 0])
        if days != months { return (days < months ? .dayFirst : .monthFirst, true) }
        if long.hasPoint { return (.dayFirst, true) }
        return (likelier(.dayFirst, .monthFirst, long) ?? .monthFirst, false)
    }

    /// Nil where nothing tells which it is.
    func shortOrder(given: DateOrder?, habit: DateOrder?) -> (DateOrder, isProven: Bool)? {
        if let given { return (given, true) }
        let fewest = DateOrder.allCases.map { short.misfits[$0, default: 0] }.min() ?? 0
        let fitting = DateOrder.allCases.filter { short.misfits[$0, default: 0] == fewest }
        if fitting.count == 1 { return (fitting[0], true) }
        if let habit, fitting.contains(habit) { return (habit, true) }
        if short.hasPoint, fitting.contains(.dayFirst) { return (.dayFirst, true) }
        let calm = fitting.map { disorder[$0, default: 0] }.min() ?? 0
        var left = fitting.filter { disorder[$0, default: 0] == calm }
        if left.count > 1 {
            // Years change seldom.
            let years = { (order: DateOrder) in short.values[order == .yearFirst ? 0 : 2].count }
            let fewest = left.map(years).min() ?? 0
            left = left.filter { years($0) == fewest }
        }
        if left.count == 2, !left.contains(.yearFirst) {
            return likelier(.dayFirst, .monthFirst, short).map { ($0, false) }
        }
        return left.count == 1 ? (left[0], false) : nil
    }

    /// The rows stand in order, or the number that changes more often is the day's.
    private func likelier(_ day: DateOrder, _ month: DateOrder, _ numbers: Numbers) -> DateOrder? {
        let (ifDay, ifMonth) = (disorder[day, default: 0], disorder[month, default: 0])
        if ifDay != ifMonth { return ifDay < ifMonth ? day : month }
        let (first, second) = (numbers.values[0].count, numbers.values[1].count)
        if first != second { return first > second ? day : month }
        return nil
    }
}
