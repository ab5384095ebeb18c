import Foundation
import Primitives

/// What a connection asks for: `{"method": "SUBSCRIBE", "params": ["journal.{user_id}"], "id": 1}`.
struct LiveRequest: Decodable, Sendable {
    enum Method: String, Decodable, Sendable {
        case subscribe = "SUBSCRIBE"
        case unsubscribe = "UNSUBSCRIBE"
        case authenticate = "AUTH"
    }

    /// A number or a short text, given back with the answer.
    enum Number: Codable, Sendable {
        case integer(Int64)
        case text(String)

        private static let textBytesMax = 64

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let integer = try? container.decode(Int64.self) {
                self = .integer(integer)
            } else {
                let text = try container.decode(String.self)
                guard text.utf8.count <= Self.textBytesMax else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "the id is too long")
                }
                self = .text(text)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .integer(let integer): try container.encode(integer)
            case .text(let text): try container.encode(text)
            }
        }
    }

    let method: Method
    let params: [String]
    let id: Number?
}

/// What it gets: `{"id": 1, "result": null}`, or `{"id": 1, "error": {"code": 403, "message": "…"}}`.
struct LiveReply: Encodable, Sendable {
    struct Refusal: Encodable, Error, Sendable {
        let code: Int
        let message: String
    }

    let id: LiveRequest.Number?
    let error: Refusal?

    private enum Key: CodingKey {
        case id, result, error
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id, forKey: .id)
        if let error {
            try container.encode(error, forKey: .error)
        } else {
            try container.encodeNil(forKey: .result)
        }
    }

    var text: String { (try? JSONBytes.of(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}" }
}

extension LiveReply.Refusal {
    static let badRequest = Self(
        code: 400, message: "Send {\"method\": SUBSCRIBE, UNSUBSCRIBE or AUTH, \"params\": [text, …], \"id\": number}.")
    static let unknownChannel = Self(code: 400, message: "There is no such channel. There is: journal.{user_id}.")
    static let tooManyChannels = Self(code: 429, message: "The connection has too many subscriptions.")
    static let notYours = Self(
        code: 403, message: "This channel is not yours. Authenticate first, and subscribe to your own.")
    static let badToken = Self(code: 401, message: "The token is unknown or has expired.")
    static let otherPerson = Self(code: 403, message: "The connection belongs to somebody else: open another.")
    static let unavailable = Self(code: 503, message: "The server cannot check that right now. Try again.")
}

extension LiveFeed.Channel {
    /// Reads `journal`, one's own, or `journal.{user_id}`; exactly that, in lower case.
    static func parse(_ name: String) -> (channel: Self, owner: ID<Person>?)? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let channel = parts.first.flatMap({ Self(rawValue: String($0)) }) else { return nil }
        guard parts.count == 2 else { return (channel, nil) }
        guard let owner = ID<Person>(parts[1]), owner.description == parts[1] else { return nil }
        return (channel, owner)
    }
}
