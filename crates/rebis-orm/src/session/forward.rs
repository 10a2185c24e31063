//! The changing verbs of the graph, as methods of what derefs to it.
//!
//! Two-phase borrows do not pass through `DerefMut`: `db.add(Tag.new().name(db[p].title.clone()))` compiles only if
//! `add` is a method of the session itself. One list serves every type that needs it.

/// Writes the changing verbs of [`Graph`](crate::Graph) and the `Index` impls as a type's own. The type derefs to
/// the graph, or to something that does.
#[doc(hidden)]
#[macro_export]
macro_rules! __forward_graph {
    ([$($life:lifetime)?] $type:ty) => {
        /// The verbs of [`Graph`]($crate::Graph), as its own, so that their arguments may read the session.
        impl$(<$life>)? $type {
            /// See [`Graph::add`]($crate::Graph::add).
            #[track_caller]
            pub fn add<N: $crate::NewRow>(&mut self, row: N) -> $crate::Handle<N::Model> {
                $crate::Graph::add(self, row)
            }
            /// See [`Graph::add_all`]($crate::Graph::add_all).
            #[track_caller]
            pub fn add_all<N: $crate::NewRow>(
                &mut self,
                rows: impl IntoIterator<Item = N>,
            ) -> Vec<$crate::Handle<N::Model>> {
                $crate::Graph::add_all(self, rows)
            }
            /// See [`Graph::add_again`]($crate::Graph::add_again).
            #[track_caller]
            pub fn add_again(&mut self, handle: impl $crate::AsHandle) {
                $crate::Graph::add_again(self, handle);
            }
            /// See [`Graph::merge_clean`]($crate::Graph::merge_clean).
            ///
            /// # Errors
            /// As there.
            pub fn merge_clean<N: $crate::NewRow>(
                &mut self,
                row: N,
            ) -> $crate::__Result<$crate::Handle<N::Model>> {
                $crate::Graph::merge_clean(self, row)
            }
            /// See [`Graph::watch_states`]($crate::Graph::watch_states).
            pub fn watch_states(&mut self) {
                $crate::Graph::watch_states(self);
            }
            /// See [`Graph::take_state_changes`]($crate::Graph::take_state_changes).
            pub fn take_state_changes(&mut self) -> Vec<$crate::StateChange> {
                $crate::Graph::take_state_changes(self)
            }
            /// See [`Graph::before_flush`]($crate::Graph::before_flush).
            pub fn before_flush(
                &mut self,
                hook: impl Fn(&mut $crate::Graph) -> $crate::__Result<()> + Send + Sync + 'static,
            ) {
                $crate::Graph::before_flush(self, hook);
            }
            /// See [`Graph::delete`]($crate::Graph::delete).
            #[track_caller]
            pub fn delete(&mut self, handle: impl $crate::AsHandle) {
                $crate::Graph::delete(self, handle);
            }
            /// See [`Graph::expunge`]($crate::Graph::expunge).
            #[track_caller]
            pub fn expunge(&mut self, handle: impl $crate::AsHandle) {
                $crate::Graph::expunge(self, handle);
            }
            /// See [`Graph::expunge_all`]($crate::Graph::expunge_all).
            pub fn expunge_all(&mut self) {
                $crate::Graph::expunge_all(self);
            }
            /// See [`Graph::take`]($crate::Graph::take).
            #[track_caller]
            pub fn take<H: $crate::AsHandle>(&mut self, handle: H) -> H::Model {
                $crate::Graph::take(self, handle)
            }
            /// See [`Graph::many_mut`]($crate::Graph::many_mut).
            #[track_caller]
            pub fn many_mut<M: $crate::Model, const N: usize>(
                &mut self,
                handles: [$crate::Handle<M>; N],
            ) -> [&mut M; N] {
                $crate::Graph::many_mut(self, handles)
            }
            /// See [`Graph::set_expr`]($crate::Graph::set_expr).
            #[track_caller]
            pub fn set_expr<H: $crate::AsHandle, T>(
                &mut self,
                handle: H,
                column: ::rebis_sql::Column<H::Model, T>,
                value: impl ::rebis_sql::IntoExpr<T>,
            ) {
                $crate::Graph::set_expr(self, handle, column, value);
            }
            /// See [`Graph::set`]($crate::Graph::set).
            #[track_caller]
            pub fn set<H: $crate::AsHandle, R: $crate::ToOneOf<H::Model>>(
                &mut self,
                owner: H,
                relation: R,
                target: impl $crate::IntoTarget<R::Slot>,
            ) {
                $crate::Graph::set(self, owner, relation, target);
            }
            /// See [`Graph::push`]($crate::Graph::push).
            #[track_caller]
            pub fn push<H: $crate::AsHandle, R: $crate::ToManyOf<H::Model>>(
                &mut self,
                owner: H,
                relation: R,
                target: impl $crate::IntoMember<R::Target>,
            ) -> $crate::Handle<R::Target> {
                $crate::Graph::push(self, owner, relation, target)
            }
            /// See [`Graph::remove`]($crate::Graph::remove).
            #[track_caller]
            pub fn remove<H: $crate::AsHandle, R: $crate::ToManyOf<H::Model>>(
                &mut self,
                owner: H,
                relation: R,
                target: impl $crate::HandleOf<R::Target>,
            ) {
                $crate::Graph::remove(self, owner, relation, target);
            }
            /// See [`Graph::replace`]($crate::Graph::replace).
            #[track_caller]
            pub fn replace<H: $crate::AsHandle, R: $crate::ToManyOf<H::Model>>(
                &mut self,
                owner: H,
                relation: R,
                targets: impl $crate::IntoMembers<R::Target>,
            ) {
                $crate::Graph::replace(self, owner, relation, targets);
            }
        }

        $crate::__forward_index!([$($life)?] $type; [M: $crate::Model] $crate::Handle<M> => M);
        $crate::__forward_index!([$($life)?] $type; [M: $crate::Model] &$crate::Handle<M> => M);
        $crate::__forward_index!(
            [$($life)?] $type;
            [O: $crate::Model, T: $crate::Model] ($crate::Handle<O>, $crate::Relation<O, T, $crate::One>) => T
        );
        $crate::__forward_index!(
            [$($life)?] $type;
            [O: $crate::Model, T: $crate::Model] (&$crate::Handle<O>, $crate::Relation<O, T, $crate::One>) => T
        );
    };
}

/// `Index` and `IndexMut` of a type that derefs to the graph.
#[doc(hidden)]
#[macro_export]
macro_rules! __forward_index {
    ([$($life:lifetime)?] $type:ty; [$($generics:tt)*] $index:ty => $output:ty) => {
        impl<$($life,)? $($generics)*> ::std::ops::Index<$index> for $type {
            type Output = $output;
            #[inline]
            #[track_caller]
            fn index(&self, index: $index) -> &$output {
                let graph: &$crate::Graph = self;
                &graph[index]
            }
        }
        impl<$($life,)? $($generics)*> ::std::ops::IndexMut<$index> for $type {
            #[inline]
            #[track_caller]
            fn index_mut(&mut self, index: $index) -> &mut $output {
                let graph: &mut $crate::Graph = self;
                &mut graph[index]
            }
        }
    };
}

#[cfg(test)]
mod tests {
    /// Names of public functions whose first parameter is `&mut self`.
    fn verbs(source: &str) -> Vec<&str> {
        let functions = source.split("pub fn ").skip(1);
        let changing = functions.filter(|f| {
            let parameters = f.split_once('(').map_or("", |(_, rest)| rest);
            parameters.trim_start().starts_with("&mut self")
        });
        changing.map(|f| f.split(['(', '<']).next().unwrap_or_default()).collect()
    }

    #[test]
    fn no_changing_verb_of_the_graph_is_missing() {
        let graph = [include_str!("../graph/objects.rs"), include_str!("../graph/relations.rs")];
        let forwarded = verbs(include_str!("forward.rs"));
        let missing: Vec<_> =
            graph.iter().flat_map(|source| verbs(source)).filter(|verb| !forwarded.contains(verb)).collect();
        assert!(missing.is_empty(), "write these into `__forward_graph!`: {missing:?}");
        assert!(forwarded.len() > 10);
    }
}
