/// Marks the ids of replicas.
package enum Replica {}

/// A copy of a journal that can write. Random, 128 bits.
package typealias ReplicaID = ID<Replica>
