import Primitives

/// Writes routes as operations of an OpenAPI document, and collects the shapes that they name.
struct OperationWriter {
    private var request = ShapeSchema(.request)
    private var parameter = ShapeSchema(.parameter)
    private var answer = ShapeSchema(.answer)

    init(_ failures: FailureShape) { _ = answer.node(of: failures.shape) }

    var components: [String: JSON] { request.components.merging(answer.components) { _, answer in answer } }

    mutating func node(of route: RouteTable.Route, _ tag: String) -> JSON {
        var members: [String: JSON] = [
            "summary": .text(route.summary), "tags": [.text(tag)], "operationId": .text(route.name),
            "responses": responses(of: route), "security": security(of: route),
        ]
        let parameters = parameters(of: route)
        if !parameters.isEmpty { members["parameters"] = .list(parameters) }
        if !route.takes.shapes.isEmpty {
            members["requestBody"] = [
                "required": .flag(route.takes.isNeeded),
                "content": .object(content(route.takes) { request.node(of: $0) }),
            ]
        }
        return .object(members)
    }

    private func security(of route: RouteTable.Route) -> JSON {
        .list(route.admits.schemes.map { .object([$0.name: []]) })
    }

    private mutating func responses(of route: RouteTable.Route) -> JSON {
        var responses: [String: JSON] = ["default": ["$ref": "#/components/responses/Failure"]]
        for (status, body) in route.answers {
            var response: [String: JSON] = ["description": .text(Self.meaning(of: status))]
            let content = content(body) { answer.node(of: $0) }
            if !content.isEmpty { response["content"] = .object(content) }
            responses[String(status)] = .object(response)
        }
        return .object(responses)
    }

    private func content(_ content: Content, _ schema: (Shape) -> JSON) -> [String: JSON] {
        Dictionary(
            content.shapes.map { mediaType, shape in (mediaType, .object(shape.map { ["schema": schema($0)] } ?? [:])) }
        ) { first, _ in first }
    }

    private mutating func parameters(of route: RouteTable.Route) -> [JSON] {
        var all: [JSON] = route.parameterNames.map { name in
            [
                "name": .text(name), "in": "path", "required": true,
                "schema": parameter.node(of: route.names[name] ?? .id),
            ]
        }
        for field in route.reads ?? [] { all.append(node(of: field)) }
        for header in route.heeds {
            all.append([
                "name": .text(header.name), "in": "header", "description": .text(header.note),
                "schema": parameter.node(of: header.shape),
            ])
        }
        return all
    }

    private mutating func node(of field: any QueryParameter) -> JSON {
        let element = parameter.node(of: field.shape)
        var schema: [String: JSON]
        if field.isRepeated {
            schema = ["type": "array", "items": element, "maxItems": .integer(Int64(WebLimits.queryValuesMax))]
        } else if case .object(let members) = element {
            schema = members
        } else {
            schema = [:]
        }
        schema["default"] = field.fallback
        var members: [String: JSON] = [
            "name": .text(field.name), "in": "query", "description": .text(field.note), "schema": .object(schema),
        ]
        if field.isNeeded { members["required"] = true }
        if field.isRepeated {
            members["style"] = "form"
            members["explode"] = true
        }
        return .object(members)
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 200: "Here it is."
        case 201: "It was made."
        case 202: "It was taken, and is not done yet."
        case 204: "It was done."
        case 206: "Here is a part of it."
        case 304: "It is as it was."
        case 404: "It is not here."
        case 416: "There is no such part."
        case 503: "Not now."
        default: "Status \(status)."
        }
    }
}

extension RouteTable.Route {
    /// Unique among the routes: `get_auth_sessions_id`.
    package var name: String {
        let words = path.split { $0 == "/" || $0 == "{" || $0 == "}" || $0 == "-" || $0 == "." }
        return ([method.lowercased()[...]] + words).joined(separator: "_")
    }

    /// What stands in braces in its path.
    package var parameterNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .map { String($0.dropFirst().dropLast()) }
    }
}
