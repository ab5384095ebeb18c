import Foundation
import Primitives
import Testing

@testable import Web

@Suite struct ContractTests {
    private enum Side: String, CaseIterable, Sendable { case long, short }

    /// As compact JSON with its keys in order.
    private static func json(_ node: JSON) -> String { node.compact }

    private static func schema(_ shape: Shape, _ direction: ShapeSchema.Direction = .answer) throws -> String {
        var schema = ShapeSchema(direction)
        return json(schema.node(of: shape))
    }

    // MARK: Shapes

    @Test(arguments: [
        (Shape.id, #"{"format":"uuid","type":"string"}"#),
        (.id.orNull, #"{"anyOf":[{"format":"uuid","type":"string"},{"type":"null"}]}"#),
        (.text(length: 1...64), #"{"maxLength":64,"minLength":1,"type":"string"}"#),
        (.integer(0...9), #"{"format":"int64","maximum":9,"minimum":0,"type":"integer"}"#),
        (.integer, #"{"format":"int64","type":"integer"}"#),
        (.choice(["a", "b"]).orNull, #"{"enum":["a","b",null],"type":["string","null"]}"#),
        (.list(of: .flag, count: 1...3), #"{"items":{"type":"boolean"},"maxItems":3,"minItems":1,"type":"array"}"#),
        (.map(of: .number), #"{"additionalProperties":{"type":"number"},"type":"object"}"#),
        (.oneOf(.day, .flag), #"{"anyOf":[{"format":"date","type":"string"},{"type":"boolean"}]}"#),
        (.text.note("Why.", example: "so"), #"{"description":"Why.","examples":["so"],"type":"string"}"#),
        (.anything, "{}"),
    ])
    func `a shape prints itself as JSON Schema`(shape: Shape, schema: String) throws {
        #expect(try Self.schema(shape) == schema)
    }

    @Test func `an answer has what is named and nothing else, while a request may hold more`() throws {
        let shape = Shape.object(["id": .id, "note": .text.orNull.optional])
        let members = #""properties":{"id":{"format":"uuid","type":"string"},"note":{"type":["string","null"]}}"#
        #expect(
            try Self.schema(shape) == #"{"additionalProperties":false,"# + members
                + #","required":["id"],"type":"object"}"#)
        #expect(try Self.schema(shape, .request) == "{" + members + #","required":["id"],"type":"object"}"#)
    }

    @Test func `an amount is text, and may come as a number`() throws {
        #expect(try Self.schema(.amount).hasSuffix(#""type":"string"}"#))
        #expect(try Self.schema(.amount, .request).hasSuffix(#""type":["string","number"]}"#))
        #expect(try Self.schema(.amount, .request).contains(#""maximum":1000000000000000,"minimum":-1000000000000000"#))
        #expect(try Self.schema(.amountAboveZero, .request).contains(#""exclusiveMinimum":0,"#))
        #expect(try Self.schema(.amountAboveZero, .parameter).hasSuffix(#""type":"string"}"#))
        let pattern = try Regex(#"^-?(0|[1-9][0-9]{0,20})(\.[0-9]{0,17}[1-9])?$"#)
        for text in ["0", "-1.5", "100", "0.000000000000000001", "-170141183460469231731.687303715884105727"] {
            #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
        }
        for text in ["1.0", "-0.0", "01", "1e5", ".5", "1."] { #expect(text.wholeMatch(of: pattern) == nil, "\(text)") }
    }

    @Test func `a shape with a name stands in the document once, and once more when it is also taken`() throws {
        let tag = Shape.object("Tag", ["name": .text])
        var (answer, request) = (ShapeSchema(.answer), ShapeSchema(.request))
        let list = answer.node(of: .list(of: tag))
        #expect(Self.json(list) == ##"{"items":{"$ref":"#/components/schemas/Tag"},"type":"array"}"##)
        let maybe = answer.node(of: tag.orNull)
        #expect(Self.json(maybe) == ##"{"anyOf":[{"$ref":"#/components/schemas/Tag"},{"type":"null"}]}"##)
        #expect(Array(answer.components.keys) == ["Tag"])
        _ = request.node(of: tag)
        #expect(Array(request.components.keys) == ["TagInput"])
    }

    // MARK: The query

    @Test func `a field takes what it declares`() throws {
        let limit = QueryField.integer("limit", in: 1...100, or: 50, "")
        #expect(try limit.value(of: []) == 50)
        #expect(try limit.value(of: ["100"]) == 100)
        for bad in ["0", "101", "", " 1", "+1", "1.0", "١"] { #expect(Self.refuses(limit, [bad]), "\(bad)") }
        #expect(Self.refuses(limit, ["1", "1"]))

        let day = QueryField.day("from", "")
        #expect(try day.value(of: ["2024-02-29"]) == CivilDay(year: 2024, month: 2, day: 29))
        for bad in ["2023-02-29", "2024-2-1", "2024-02-29T00:00:00Z", "today"] { #expect(Self.refuses(day, [bad])) }

        let side = QueryField.choice("side", of: Side.self, "")
        #expect(try side.value(of: []) == nil)
        #expect(try side.value(of: ["short"]) == .short)
        #expect(Self.refuses(side, ["SHORT"]))
        #expect(try side.needed().value(of: ["long"]) == .long)
        #expect(Self.refuses(side.needed(), []))
        let sides = side.repeated()
        #expect(try sides.value(of: ["short", "long"]) == [.short, .long])
        #expect(try sides.value(of: []).isEmpty)
        #expect(Self.refuses(sides, ["short", "up"]))
        #expect(Self.refuses(sides, [String](repeating: "long", count: WebLimits.queryValuesMax + 1)))

        let open = QueryField.flag("open", or: true, "")
        #expect(try open.value(of: []))
        #expect(try !open.value(of: ["false"]))
        #expect(Self.refuses(open, ["1"]))
        let symbol = QueryField.text("symbol", length: 1...4, "")
        #expect(try symbol.value(of: ["ÄÖÜß"]) == "ÄÖÜß")
        #expect(Self.refuses(symbol, [""]))
        #expect(Self.refuses(symbol, ["ABCDE"]))
    }

    private static func refuses<Value>(_ field: QueryField<Value>, _ texts: [String]) -> Bool {
        do {
            _ = try field.value(of: texts)
            return false
        } catch {
            return error.code == "request.bad_query" && error.message.contains("\"\(field.name)\"")
        }
    }

    @Test func `a query is decoded as forms encode it, or refused`() throws {
        let query = try Query("a=1&b=x+y%20z&a=%C3%A4&flag&empty=&=1&&%61c=2")
        #expect(query["a"] == ["1", "ä"])
        #expect(query["b"] == ["x y z"])
        #expect(query["flag"] == [""])
        #expect(query["ac"] == ["2"])
        #expect(query["none"].isEmpty)
        for bad in ["a=%", "a=%4", "a=%zz", "a=%FF", "a=%C3", "%=1"] {
            #expect(throws: Failure.self, "\(bad)") { try Query(bad) }
        }
    }

    @Test func `a filter with a typo is refused, and never left out`() async throws {
        try await withServer { server in
            let client = try server.client()
            let session = try Wallet().session(at: server)
            let path = "/api/v1/auth/audit"
            #expect(try client.get(path + "?limit=1", session.bearer).status == 200)
            for query in ["limits=1", "limit=1&limit=1", "limit=%FF", "limit=1&LIMIT=2", "limit"] {
                let answer = try client.get(path + "?" + query, session.bearer)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.code == "request.bad_query", "\(query)")
            }
        }
    }
}
