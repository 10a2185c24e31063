// A Cargo.lock as models: packages, their releases, where these come from, and which needs which. Also the questions
// one has about it: statements are values, so both programs share them.

use rebis::prelude::*;
use rebis::{RawQuery, sql};

#[derive(Model, Debug)]
#[model(table = "packages")]
pub struct Package {
    #[column(primary_key)]
    pub name: String,
    #[relation(inverse = package, order_by = version)]
    pub releases: HasMany<Release>,
}

/// A registry or a repository.
#[derive(Model, Debug)]
#[model(table = "sources")]
pub struct Source {
    #[column(primary_key)]
    pub url: String,
    #[relation(inverse = source)]
    pub releases: HasMany<Release>,
}

/// One version of a package: an entry of the lock file.
#[derive(Model, Debug)]
#[model(table = "releases")]
pub struct Release {
    /// Cargo's own name for it: `serde@1.0.228`.
    #[column(primary_key)]
    pub spec: String,
    pub version: String,
    pub checksum: Option<String>,
    #[column(index)]
    pub package_name: String,
    /// None for the members of the workspace.
    pub source_url: Option<String>,
    #[relation(key = package_name)]
    pub package: BelongsTo<Package>,
    #[relation(key = source_url)]
    pub source: BelongsTo<Option<Source>>,
    /// What this release needs.
    #[relation(through = Dependency, from = dependent, to = dependency, inverse = dependents, order_by = spec)]
    pub dependencies: HasMany<Release>,
    /// What needs this release.
    #[relation(through = Dependency, from = dependency, to = dependent, inverse = dependencies, order_by = spec)]
    pub dependents: HasMany<Release>,
}

/// A release needs a release.
#[derive(Model, Debug)]
#[model(table = "dependencies")]
pub struct Dependency {
    #[column(primary_key)]
    pub dependent_spec: String,
    #[column(primary_key, index)]
    pub dependency_spec: String,
    #[relation(key = dependent_spec)]
    pub dependent: BelongsTo<Release>,
    #[relation(key = dependency_spec)]
    pub dependency: BelongsTo<Release>,
}

/// The releases that most others need, and how many.
pub fn most_needed() -> Select<(String, i64)> {
    let needed = Dependency.dependent_spec.count().label("needed");
    select((Dependency.dependency_spec, needed))
        .group_by(Dependency.dependency_spec)
        .order_by((Dependency.dependent_spec.count().desc(), Dependency.dependency_spec))
        .limit(5)
}

/// Packages that are there in several versions, with these.
pub fn duplicates() -> Select<Package> {
    select(Package)
        .join(Package.releases)
        .group_by(Package.name)
        .having(Release.spec.count().gt(1))
        .order_by(Package.name)
        .with(Package.releases)
}

/// Everything that needs a release, however many steps away.
pub fn reaching(spec: &str) -> RawQuery<Release> {
    sql("WITH RECURSIVE reach (spec) AS (
             SELECT dependent_spec FROM dependencies WHERE dependency_spec = {}
             UNION
             SELECT d.dependent_spec FROM dependencies d JOIN reach ON d.dependency_spec = reach.spec
         )
         SELECT releases.* FROM releases JOIN reach ON reach.spec = releases.spec ORDER BY releases.spec")
    .bind(spec)
    .rows()
}

/// Releases that nothing needs: where the graph begins.
pub fn roots() -> Select<Release> {
    select(Release).filter(Release.dependents.is_empty()).order_by(Release.spec)
}
