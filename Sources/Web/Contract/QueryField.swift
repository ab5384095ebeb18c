import Primitives

/// A parameter of the query, declared once: it documents itself, and reads and checks what came.
///
///     static let limit = QueryField.integer("limit", in: 1...100, or: 50, "How many to list.")
///     static let symbols = QueryField.text("symbol", "Only trades in these.").repeated
///     …
///     let limit = try call.value(of: Self.limit)
///
/// A value that does not fit is refused; so is a parameter that comes twice where one is meant. A filter that is
/// silently dropped would show the wrong numbers.
package struct QueryField<Value: Sendable>: QueryParameter {
    package let name: String
    package let shape: Shape
    package let note: String
    package let fallback: JSON?
    package let isRepeated: Bool
    package let isNeeded: Bool
    /// What a value must be, to end the sentence "… in the query must be".
    private let wanted: String
    private let read: @Sendable ([String]) throws(Failure) -> Value

    fileprivate init(
        _ name: String, _ shape: Shape, _ note: String, fallback: JSON? = nil, isRepeated: Bool = false,
        isNeeded: Bool = false, wanted: String, read: @escaping @Sendable ([String]) throws(Failure) -> Value
    ) {
        self.name = name
        self.shape = shape
        self.note = note
        self.fallback = fallback
        self.isRepeated = isRepeated
        self.isNeeded = isNeeded
        self.wanted = wanted
        self.read = read
    }

    /// - Parameter texts: every value it came with, decoded.
    /// - Throws: `request.bad_query`.
    func value(of texts: [String]) throws(Failure) -> Value {
        guard texts.count <= 1 || isRepeated else { throw .badQuery(name, "there once") }
        return try read(texts)
    }
}

/// A parameter of the query, as the document shows it.
package protocol QueryParameter: Sendable {
    var name: String { get }
    var shape: Shape { get }
    var note: String { get }
    /// What counts when it is left out; nil when there is no such thing.
    var fallback: JSON? { get }
    var isRepeated: Bool { get }
    /// Whether it may not be left out.
    var isNeeded: Bool { get }
}

extension QueryField {
    /// A value that may be left out, read by a parser of one's own.
    ///
    /// - Parameters:
    ///   - wanted: ends the sentence "… in the query must be".
    ///   - parse: nil for what does not fit.
    package static func parsed<Wrapped: Sendable>(
        _ name: String, _ shape: Shape, _ note: String, wanted: String,
        _ parse: @escaping @Sendable (String) -> Wrapped?
    ) -> QueryField where Value == Wrapped? {
        QueryField(name, shape, note, wanted: wanted) { texts throws(Failure) in
            guard let text = texts.first else { return nil }
            guard let value = parse(text) else { throw .badQuery(name, wanted) }
            return value
        }
    }

    /// The same parameter, any number of times.
    package func repeated<Wrapped: Sendable>() -> QueryField<[Wrapped]> where Value == Wrapped? {
        QueryField<[Wrapped]>(name, shape, note, isRepeated: true, wanted: wanted) {
            [read, name] texts throws(Failure) in
            guard texts.count <= WebLimits.queryValuesMax else {
                throw .badQuery(name, "there at most \(WebLimits.queryValuesMax) times")
            }
            var values: [Wrapped] = []
            for text in texts { if let value = try read([text]) { values.append(value) } }
            return values
        }
    }

    /// The same parameter, which may not be left out.
    package func needed<Wrapped: Sendable>() -> QueryField<Wrapped> where Value == Wrapped? {
        QueryField<Wrapped>(name, shape, note, isNeeded: true, wanted: wanted) {
            [read, name, wanted] texts throws(Failure) in
            guard let value = try read(texts) else { throw .badQuery(name, wanted) }
            return value
        }
    }

    /// The same parameter, with what counts when it is left out.
    package func or<Wrapped: Sendable>(_ value: Wrapped, shown: JSON) -> QueryField<Wrapped>
    where Value == Wrapped? {
        QueryField<Wrapped>(name, shape, note, fallback: shown, wanted: wanted) { [read] texts throws(Failure) in
            try read(texts) ?? value
        }
    }
}

extension QueryField where Value == Int {
    package static func integer(
        _ name: String, in bounds: ClosedRange<Int>, or fallback: Int, _ note: String
    ) -> QueryField<Int> {
        QueryField<Int?>.integer(name, in: bounds, note).or(fallback, shown: .integer(Int64(fallback)))
    }
}

extension QueryField where Value == Int? {
    package static func integer(_ name: String, in bounds: ClosedRange<Int>, _ note: String) -> QueryField<Int?> {
        let shape = Shape.integer(Int64(bounds.lowerBound)...Int64(bounds.upperBound))
        let wanted =
            bounds.upperBound == .max
            ? "a whole number from \(bounds.lowerBound) on"
            : "a whole number between \(bounds.lowerBound) and \(bounds.upperBound)"
        return .parsed(name, shape, note, wanted: wanted) { text in
            guard let number = Int(digits: text), bounds.contains(number) else { return nil }
            return number
        }
    }
}

extension Int {
    /// Digits and a minus only: `Int` would also take a plus.
    fileprivate init?(digits text: String) {
        guard !text.hasPrefix("+") else { return nil }
        self.init(text)
    }
}

extension QueryField where Value == String? {
    /// - Parameter length: in characters.
    package static func text(
        _ name: String, length: ClosedRange<Int> = 1...WebLimits.queryTextMax, _ note: String
    ) -> QueryField<String?> {
        .parsed(
            name, .text(length: length), note,
            wanted: "a text of \(length.lowerBound) to \(length.upperBound) characters"
        ) { length.contains($0.unicodeScalars.count) ? $0 : nil }
    }
}

extension QueryField where Value == CivilDay? {
    /// `2026-03-29`.
    package static func day(_ name: String, _ note: String) -> QueryField<CivilDay?> {
        .parsed(name, .day, note, wanted: "a day like 2026-03-29") { text in
            // A day is also how a time may begin.
            guard text.utf8.count == 10, Timestamp(text) != nil else { return nil }
            let parts = text.split(separator: "-").compactMap { Int($0) }
            return parts.count == 3 ? CivilDay(year: parts[0], month: parts[1], day: parts[2]) : nil
        }
    }
}

extension QueryField where Value == Timestamp? {
    package static func time(_ name: String, _ note: String) -> QueryField<Timestamp?> {
        .parsed(name, .time, note, wanted: "a time like 2026-03-29T08:00:00Z") { text in
            Timestamp(text).flatMap { $0.isInBounds ? $0 : nil }
        }
    }
}

extension QueryField where Value == Bool? {
    package static func flag(_ name: String, _ note: String) -> QueryField<Bool?> {
        .parsed(name, .flag, note, wanted: "true or false") { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        }
    }
}

extension QueryField where Value == Bool {
    package static func flag(_ name: String, or fallback: Bool, _ note: String) -> QueryField<Bool> {
        QueryField<Bool?>.flag(name, note).or(fallback, shown: .flag(fallback))
    }
}

extension QueryField {
    package static func id<Noun>(_ name: String, of noun: Noun.Type, _ note: String) -> QueryField
    where Value == ID<Noun>? {
        .parsed(name, .id, note, wanted: "an id: a UUID") { ID<Noun>($0) }
    }

    /// One of the cases of an enum.
    package static func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
        _ name: String, of type: Choice.Type, _ note: String
    ) -> QueryField where Value == Choice? {
        let all = type.allCases.map(\.rawValue).joined(separator: ", ")
        return .parsed(name, .choice(of: type), note, wanted: "one of \(all)") { Choice(rawValue: $0) }
    }
}

extension QueryField where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    package static func choice(
        _ name: String, of type: Value.Type, or fallback: Value, _ note: String
    ) -> QueryField<Value> {
        QueryField<Value?>.choice(name, of: type, note).or(fallback, shown: .text(fallback.rawValue))
    }
}
