/// What a body is made of, as a route declares it.
package enum Content: Sendable {
    case json(Shape)
    /// A form with files in it.
    case multipart(Shape)
    /// Bytes of one of these media types.
    case bytes([String], mayBeEmpty: Bool = false)
    case text(String)
    case nothing

    /// By media type.
    package var shapes: [(mediaType: String, shape: Shape?)] {
        switch self {
        case .json(let shape): [("application/json", shape)]
        case .multipart(let shape): [("multipart/form-data", shape)]
        case .bytes(let mediaTypes, _): mediaTypes.map { ($0, nil) }
        case .text(let mediaType): [(mediaType, .text)]
        case .nothing: []
        }
    }

    var isNeeded: Bool {
        if case .bytes(_, mayBeEmpty: true) = self { false } else { true }
    }
}
