import Foundation
import Primitives

/// Money or a quantity as a caller writes it: a text, or a number when its digits are few enough for one.
package struct GivenAmount: Decodable, Sendable {
    package let amount: Amount

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text: String
        if let given = try? container.decode(String.self) {
            text = given
        } else if let number = try? container.decode(Decimal.self) {
            text = number.description
        } else {
            throw Failure.badField(decoder, "a decimal number, best as a text: \"1234.5\"")
        }
        guard let amount = Amount(text) else {
            throw Failure.badField(decoder, "a decimal number with at most 18 decimals, as \"1234.5\"")
        }
        self.amount = amount
    }
}

/// A moment as a caller writes it: ISO 8601, in UTC where it has no offset, within the years 1 to 9999.
package struct GivenTime: Decodable, Sendable {
    package let time: Timestamp

    package init(from decoder: any Decoder) throws {
        guard let text = try? decoder.singleValueContainer().decode(String.self), let time = Timestamp(text),
            time.isInBounds
        else {
            throw Failure.badField(decoder, "a time as \"2026-11-21T09:30:00Z\"")
        }
        self.time = time
    }
}

/// A day as a caller writes it.
package struct GivenDay: Decodable, Sendable {
    package let day: CivilDay

    package init(from decoder: any Decoder) throws {
        guard let text = try? decoder.singleValueContainer().decode(String.self), let day = CivilDay(text) else {
            throw Failure.badField(decoder, "a day as \"2026-11-21\"")
        }
        self.day = day
    }
}

/// The name of one thing as a caller writes it.
package struct GivenID<Noun>: Decodable, Sendable {
    package let id: ID<Noun>

    package init(from decoder: any Decoder) throws {
        guard let text = try? decoder.singleValueContainer().decode(String.self), let id = ID<Noun>(text) else {
            throw Failure.badField(decoder, "an id of 36 characters, as in what the server answers")
        }
        self.id = id
    }
}

/// One of a few words.
package struct GivenWord<Word: RawRepresentable & CaseIterable & Sendable>: Decodable, Sendable
where Word.RawValue == String {
    package let word: Word

    package init(from decoder: any Decoder) throws {
        guard let text = try? decoder.singleValueContainer().decode(String.self), let word = Word(given: text) else {
            throw Failure.badField(decoder, "one of \(Word.listed)")
        }
        self.word = word
    }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
    /// In any case: callers write LONG and long.
    package init?(given text: String) { self.init(rawValue: text.lowercased()) }

    package static var listed: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension KeyedDecodingContainer {
    /// Tells a field that is left out from one that is null.
    package func decode<Value: Decodable>(_ type: Change<Value>.Type, forKey key: Key) throws -> Change<Value> {
        guard contains(key) else { return .keep }
        return try decodeNil(forKey: key) ? .clear : .set(try decode(Value.self, forKey: key))
    }
}

/// Read by the container, which knows whether the field is there.
extension Change: Decodable where Value: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .clear : .set(try container.decode(Value.self))
    }
}

extension Failure {
    package static func badField(_ decoder: any Decoder, _ wanted: String) -> Failure {
        let name = decoder.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return Failure(.invalid, "request.bad_field", "The field \"\(name)\" must be \(wanted).")
    }
}
