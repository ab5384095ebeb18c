import Foundation

/// The document that is in the repository, as far as an answer can be held against it.
struct PublishedDocument {
    private let root: Tree

    init() throws {
        let file = URL(fileURLWithPath: #filePath).appending(path: "../../../../docs/openapi.json").standardized
        root = Tree(try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
    }

    /// The routes that answer a GET, in their order.
    var gets: [(path: String, operation: Tree)] {
        let paths = root["paths"]
        return paths.keys.sorted().map { ($0, paths[$0]["get"]) }.filter { !$0.1.isNull }
    }

    /// In what a JSON answer is not what the document promises.
    func problems(_ answer: HTTPAnswer, to operation: Tree) -> [String] {
        let described = operation["responses"]["\(answer.status)"]
        let promised = described["$ref"].text.map { resolved($0) } ?? described
        let schema = promised["content"]["application/json"]["schema"]
        guard !schema.isNull else { return [] }
        return problems(answer.tree, schema, "")
    }

    private func resolved(_ reference: String) -> Tree {
        reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] }
    }

    private func problems(_ value: Tree, _ schema: Tree, _ place: String) -> [String] {
        if let reference = schema["$ref"].text { return problems(value, resolved(reference), place) }
        let choices = schema["anyOf"].list
        if !choices.isEmpty {
            let all = choices.map { problems(value, $0, place) }
            return all.contains([]) ? [] : all.min { $0.count < $1.count } ?? []
        }
        let types = schema["type"].text.map { [$0] } ?? schema["type"].list.compactMap(\.text)
        let type = Self.type(of: value)
        guard types.isEmpty || types.contains(type) || (type == "integer" && types.contains("number")) else {
            return ["\(place): \(type) where \(types) is promised"]
        }
        switch type {
        case "object": return objectProblems(value, schema, place)
        case "array":
            return value.list.enumerated().flatMap { problems($1, schema["items"], "\(place)[\($0)]") }
        case "integer", "number":
            let number = value.number ?? .nan
            let isIn =
                number >= schema["minimum"].number ?? -.infinity && number <= schema["maximum"].number ?? .infinity
            return isIn ? [] : ["\(place): \(number) is out of bounds"]
        case "string": return textProblems(value.text ?? "", schema, place)
        default: return []
        }
    }

    private func objectProblems(_ value: Tree, _ schema: Tree, _ place: String) -> [String] {
        let members = schema["properties"]
        let absent = schema["required"].list.compactMap(\.text).filter { !value.has($0) }
        let unknown = schema["additionalProperties"].flag == false ? value.keys.subtracting(members.keys) : []
        return absent.map { "\(place).\($0) is absent" } + unknown.map { "\(place).\($0) is not promised" }
            + value.keys.sorted().flatMap { key -> [String] in
                let member = members.has(key) ? members[key] : schema["additionalProperties"]
                return problems(value[key], member, "\(place).\(key)")
            }
    }

    private func textProblems(_ text: String, _ schema: Tree, _ place: String) -> [String] {
        var problems: [String] = []
        let length = text.unicodeScalars.count
        if length < schema["minLength"].count ?? 0 || length > schema["maxLength"].count ?? .max {
            problems.append("\(place): a text of \(length)")
        }
        let choices = schema["enum"].list.compactMap(\.text)
        if !choices.isEmpty, !choices.contains(text) { problems.append("\(place): \(text.prefix(60)) is no choice") }
        let wanted = schema["pattern"].text ?? Self.formats[schema["format"].text ?? ""]
        if let wanted, let pattern = try? Regex(wanted), text.firstMatch(of: pattern) == nil {
            problems.append("\(place): \(text.prefix(60)) is none of \(schema["format"].text ?? wanted)")
        }
        return problems
    }

    private static let formats = [
        "uuid": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "date-time": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$",
    ]

    private static func type(of value: Tree) -> String {
        switch value.value {
        case nil: return "null"
        case is String: return "string"
        case is [Any]: return "array"
        case is [String: Any]: return "object"
        case let number as NSNumber:
            // A flag is a number of one character to Foundation.
            if String(cString: number.objCType) == "c" { return "boolean" }
            let double = number.doubleValue
            return double == double.rounded() ? "integer" : "number"
        default: return "?"
        }
    }
}
