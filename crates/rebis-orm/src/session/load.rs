//! Loading relations of objects that are there.

use super::Session;
use super::watch::Watch;
use crate::graph::{AsHandle, Object};
use crate::loading::{self, IntoPath, Spec, Want};
use crate::mapping::{Mapping, Record};
use rebis_core::{Name, Result};
use rebis_engine::Fut;
use std::panic::Location;

impl Session {
    /// Loads a relation of an object, a path of relations, or a deferred column, unless it is loaded. It is loaded for every object that
    /// came in the same result as this one, too, so that a loop does not become a query for each
    /// ([`SessionOptions::batch_siblings`](super::SessionOptions::batch_siblings)). Where it does become one, because
    /// the objects came one by one, a `tracing` event (WARN, target `rebis::n_plus_one`) names the place and the fix at
    /// the tenth query.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.load(alice, User.posts.then(Post.tags)).await?;
    /// assert_eq!(db[hello].tags.len(), 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the database says.
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn load<H: AsHandle, P: IntoPath<H::Model>>(&mut self, handle: H, path: P) -> Fut<'_, ()> {
        let site = Location::caller();
        let (object, mapping) = (self.graph().checked_ref(handle), H::Model::mapping());
        let (columns, spec) = path.into_path().parts();
        Fut::new(async move {
            let is_here = |spec: &Spec| spec.is_single() && loading::is_there(self.graph(), object, spec);
            let has_columns = columns.is_empty() || !self.graph().lacks(object, &columns);
            if has_columns && spec.as_ref().is_none_or(is_here) {
                return Ok(());
            }
            let siblings = match self.parts().1.options().batch_siblings {
                true => self.graph().siblings(object),
                false => vec![object.raw.slot],
            };
            let (is_alone, before) = (siblings.len() == 1, self.graph().results());
            self.load_for(mapping, siblings, &columns, spec.as_ref(), site).await?;
            // What the session had costs nothing, and is nothing to tell.
            if let Some(spec) = &spec
                && is_alone
                && Watch::is_on()
                && self.graph().results() != before
            {
                self.watch.loaded_one(spec, site);
            }
            Ok(())
        })
    }

    /// Loads a relation, or a path of relations, of these objects.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let posts = db.all(Post).await?;
    /// db.load_all(&posts, Post.tags).await?; // one query, whatever the number of posts
    /// assert_eq!(posts.iter().map(|post| db[post].tags.len()).sum::<usize>(), 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the database says.
    ///
    /// # Panics
    /// If a handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn load_all<I, P>(&mut self, handles: I, path: P) -> Fut<'_, ()>
    where
        I: IntoIterator<Item: AsHandle>,
        P: IntoPath<<I::Item as AsHandle>::Model>,
    {
        let site = Location::caller();
        let owners: Vec<u32> =
            handles.into_iter().map(|handle| self.graph().checked_ref(handle).raw.slot).collect();
        let (columns, spec) = path.into_path().parts();
        let mapping = <I::Item as AsHandle>::Model::mapping();
        Fut::new(async move { self.load_for(mapping, owners, &columns, spec.as_ref(), site).await })
    }

    /// Deferred columns of these objects, a relation of them, and what hangs on it.
    async fn load_for(
        &mut self,
        mapping: &'static Mapping,
        slots: Vec<u32>,
        columns: &[usize],
        spec: Option<&Spec>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let (graph, io) = self.parts();
        io.check_usable()?;
        let mut tables: Vec<Name> = Vec::new();
        tables.extend((!columns.is_empty()).then(|| mapping.table_name().into()));
        spec.inspect(|spec| spec.tables(&mut tables));
        if io.options().autoflush && graph.touches(Some(&tables)) {
            super::fetch::autoflush(graph, io, site).await?;
        }
        let relation = spec.map(|spec| Want::Relation(spec, slots.clone()));
        let wants = relation.into_iter().chain([Want::Columns(mapping, columns, slots)]).collect();
        loading::load(graph, io, wants, site).await
    }
}

impl crate::graph::Graph {
    /// The objects that came in the same result as this one; it first.
    fn siblings(&self, object: Object) -> Vec<u32> {
        let mut siblings = vec![object.raw.slot];
        let Some(store) = self.store(object.model) else { return siblings };
        let batch = store.head(object.raw.slot).map_or(0, |head| head.batch);
        if batch == 0 {
            return siblings;
        }
        siblings.extend((0..store.len()).filter(|&slot| {
            slot != object.raw.slot
                && store.head(slot).is_some_and(|h| h.batch == batch && h.state.is_attached())
        }));
        siblings
    }
}
