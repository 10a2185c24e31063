"""SQLAlchemy on CPython: the same scenarios, over the same protocol as the other programs (see the crate `harness`)."""

import gc
import itertools
import platform
import sys
import time

import sqlalchemy
from sqlalchemy import ForeignKey, String, bindparam, create_engine, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from sqlalchemy.pool import StaticPool

WAY = "sqlalchemy"
ALL = ["sqlite", "postgres", "mysql"]
POSTS, COMMENTS = 9, 10


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    hair_color: Mapped[str | None] = mapped_column(String(255))
    posts: Mapped[list["Post"]] = relationship(back_populates="user", cascade="all, delete-orphan")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(String(255))
    body: Mapped[str | None]
    user: Mapped["User"] = relationship(back_populates="posts")
    comments: Mapped[list["Comment"]] = relationship(back_populates="post", cascade="all, delete-orphan")


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    text: Mapped[str]
    post: Mapped["Post"] = relationship(back_populates="comments")


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(String(255))


def connect(database, url):
    if database == "sqlite":
        return create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    driver = {"postgres": "postgresql+psycopg", "mysql": "mysql+mysqldb"}[database]
    return create_engine(driver + url[url.index("://"):])


def filled(database, url, setup):
    """An engine over the tables and rows that the runner describes."""
    engine = connect(database, url)
    with engine.begin() as db:
        for statement in setup:
            db.exec_driver_sql(statement.replace("%", "%%") if database != "sqlite" else statement)
    return engine


# What the rows hold: as in `harness/src/names.rs` and `harness/src/tables.rs`.
def user_name(i):
    return f"User {i}"


def hair(i):
    return "black" if i % 2 == 0 else "brown"


TYPES = {
    "sqlite": ("integer primary key autoincrement not null", "varchar", "text"),
    "postgres": ("serial primary key", "varchar", "text"),
    "mysql": ("integer primary key auto_increment", "varchar(255)", "text"),
}


def blog(database, keys):
    key, name, long = TYPES[database]
    references = {True: " references {0} (id)", False: ""}[keys and database != "mysql"]
    constraint = {True: ", foreign key ({1}) references {0} (id)", False: ""}[keys and database == "mysql"]
    tables = [
        f"create table users (id {key}, name {name} not null, hair_color {name})",
        f"create table posts (id {key}, user_id integer not null" + references.format("users")
        + f", title {name} not null, body {long}" + constraint.format("users", "user_id") + ")",
        f"create table comments (id {key}, post_id integer not null" + references.format("posts")
        + f", text {long} not null" + constraint.format("posts", "post_id") + ")",
    ]
    if keys and database != "mysql":
        tables += [
            "create index posts_user_id on posts (user_id)",
            "create index comments_post_id on comments (post_id)",
        ]
    elif database == "postgres":
        tables += [
            "create index users_hair_color on users (hair_color)",
            "create index posts_user_id on posts (user_id)",
        ]
    return tables


CUSTOMER = ["create table customer (id integer primary key not null, name varchar(255), description varchar(255))"]


def inserts(into, rows):
    rows = list(rows)
    for first in range(0, len(rows), 500):
        yield f"insert into {into} values " + ", ".join(rows[first:first + 500])


def plain_users(count):
    return inserts("users (name, hair_color)", (f"('{user_name(i)}', null)" for i in range(count)))


def coloured(count):
    return inserts("users (name, hair_color)", (f"('{user_name(i)}', '{hair(i)}')" for i in range(count)))


def tree(users, posts, comments):
    yield from coloured(users)
    yield from inserts(
        "posts (user_id, title, body)",
        (f"({u + 1}, 'Post {p} by user {u + 1}', null)" for u in range(users) for p in range(posts)),
    )
    yield from inserts(
        "comments (post_id, text)",
        (f"({p + 1}, 'Comment {c} on post {p + 1}')" for p in range(users * posts) for c in range(comments)),
    )


def customers(count):
    return inserts(
        "customer (name, description)",
        (f"('customer name {i}', 'customer description {i}')" for i in range(count)),
    )


def emptied(engine, *tables):
    with engine.begin() as db:
        for table in tables:
            db.execute(text(f"delete from {table}"))


BLOG = ("comments", "posts", "users")


def keys_of(rows):
    return [n * 7919 % rows + 1 for n in range(rows)]


# Each scenario: makes its work and its check for an engine and a size.
def trivial_query(engine, size):
    def work():
        with Session(engine) as db:
            return db.scalars(select(User)).all()

    def check(users):
        assert len(users) == size and {u.name for u in users[-1:]} <= {user_name(i) for i in range(size)}

    return work, check


def medium_complex_query(engine, size):
    def work():
        with Session(engine) as db:
            return db.execute(
                select(User, Post).outerjoin(User.posts).where(User.hair_color == "black")
            ).all()

    def check(pairs):
        assert len(pairs) == (size + 1) // 2 and all(post is None for _, post in pairs)

    return work, check


def loading_associations(engine, size):
    def work():
        with Session(engine) as db:
            return db.scalars(select(User).options(selectinload(User.posts).selectinload(Post.comments))).all()

    def check(users):
        assert len(users) == size
        assert sum(len(p.comments) for u in users for p in u.posts) == size * 100

    return work, check


def insert_rows(engine, size):
    def work():
        with Session(engine) as db:
            rows = [{"name": user_name(i), "hair_color": "hair_color"} for i in range(size)]
            db.execute(insert(User), rows)
            db.commit()

    return work, lambda result: None


def flush(engine, size):
    def work():
        with Session(engine, expire_on_commit=False) as db:
            users = [User(name=user_name(i), hair_color=hair(i)) for i in range(size)]
            db.add_all(users)
            db.commit()
            return users

    def check(users):
        assert len(users) == size and all(u.id > 0 for u in users)
        emptied(engine, *BLOG)

    return work, check


def save_graph(engine, size):
    count = size // (1 + POSTS + POSTS * COMMENTS)

    def work():
        with Session(engine, expire_on_commit=False) as db:
            users = [
                User(
                    name=user_name(i),
                    hair_color=hair(i),
                    posts=[
                        Post(
                            title=f"Post {p} by user 0",
                            comments=[Comment(text=f"Comment {c} on post 0") for c in range(COMMENTS)],
                        )
                        for p in range(POSTS)
                    ],
                )
                for i in range(count)
            ]
            db.add_all(users)
            db.commit()
            return users

    def check(users):
        assert len(users) == count
        assert all(c.post_id == p.id for u in users for p in u.posts for c in p.comments)
        emptied(engine, *BLOG)

    return work, check


def change(engine, size):
    db = Session(engine, expire_on_commit=False)
    users = db.scalars(select(User)).all()
    rounds = itertools.count(1)

    def work():
        name = f"Name {next(rounds)}"
        for user in users[::100]:
            user.name = name
        written = len(db.dirty)
        db.commit()
        return written

    def check(written):
        assert written == size // 100

    return work, check


def cascade(engine, size):
    def work():
        with Session(engine) as db:
            db.delete(db.get(User, 1))
            gone = len(db.deleted)
            db.flush()
            db.rollback()
            return gone

    def check(gone):
        assert gone == size

    return work, check


def merge(engine, size):
    def work():
        with Session(engine) as db:
            merged = [db.merge(User(id=i + 1, name=user_name(i), hair_color=None)) for i in range(size)]
            assert not db.is_modified(merged[0])
            db.commit()
            return merged

    return work, lambda merged: None


def row_by_key(engine, size):
    db = Session(engine)
    keys = itertools.cycle(keys_of(size))

    def work():
        return db.get(User, next(keys))

    def check(user):
        assert user.name == user_name(user.id - 1)
        db.expunge(user)

    return work, check


def bulk_inserts_flush(engine, size, keyed=False):
    def work():
        with Session(engine, expire_on_commit=False) as db:
            for first in range(0, size, 1000):
                db.add_all(
                    Customer(
                        **({"id": i + 1} if keyed else {}),
                        name=f"customer name {i}",
                        description=f"customer description {i}",
                    )
                    for i in range(first, min(size, first + 1000))
                )
                db.flush()
            db.commit()

    return work, lambda result: emptied(engine, "customer")


def bulk_inserts_flush_keys(engine, size):
    return bulk_inserts_flush(engine, size, keyed=True)


def customer_rows(size):
    return [{"name": f"customer name {i}", "description": f"customer description {i}"} for i in range(size)]


def bulk_inserts_bulk(engine, size):
    def work():
        with Session(engine) as db:
            db.execute(insert(Customer), customer_rows(size))
            db.commit()

    return work, lambda result: emptied(engine, "customer")


def bulk_inserts_core(engine, size):
    def work():
        with engine.begin() as db:
            db.execute(Customer.__table__.insert(), customer_rows(size))

    return work, lambda result: emptied(engine, "customer")


def bulk_updates_flush(engine, size):
    rounds = itertools.count(1)

    def work():
        turn = next(rounds)
        with Session(engine) as db:
            for customer in db.scalars(select(Customer)):
                customer.description = f"{customer.id} changed {turn}"
            written = len(db.dirty)
            db.commit()
            return written

    def check(written):
        assert written == size

    return work, check


def large_resultsets_objects(engine, size):
    def work():
        with Session(engine) as db:
            return db.scalars(select(Customer)).all()

    def check(rows):
        assert len(rows) == size

    return work, check


def large_resultsets_chunks(engine, size):
    def work():
        with Session(engine) as db:
            return sum(1 for _ in db.scalars(select(Customer).execution_options(yield_per=1000)))

    def check(seen):
        assert seen == size

    return work, check


def large_resultsets_columns(engine, size):
    def work():
        with Session(engine) as db:
            return db.execute(select(Customer.id, Customer.name, Customer.description)).all()

    def check(rows):
        assert len(rows) == size

    return work, check


def single_inserts(engine, size):
    def work():
        for row in customer_rows(size):
            with Session(engine) as db:
                db.add(Customer(**row))
                db.commit()

    return work, lambda result: emptied(engine, "customer")


def short_selects_new(engine, size):
    keys = keys_of(size)

    def work():
        with Session(engine) as db:
            return [db.scalars(select(Customer).where(Customer.id == key)).one() for key in keys]

    def check(rows):
        assert len(rows) == size and rows[1].id == keys[1]

    return work, check


def short_selects_reused(engine, size):
    keys = keys_of(size)
    statement = select(Customer).where(Customer.id == bindparam("id"))

    def work():
        with Session(engine) as db:
            return [db.scalars(statement, {"id": key}).one() for key in keys]

    def check(rows):
        assert len(rows) == size and rows[1].id == keys[1]

    return work, check


def nothing(size):
    return []


# name: (databases, tables with foreign keys or customers, rows, work, results that are kept)
SCENARIOS = {
    "trivial_query": (ALL, False, plain_users, trivial_query),
    "medium_complex_query": (ALL, False, coloured, medium_complex_query),
    "loading_associations": (ALL, False, lambda size: tree(size, 10, 10), loading_associations),
    "insert": (ALL, False, nothing, insert_rows),
    "flush": (ALL, True, nothing, flush),
    "save_graph": (ALL, True, nothing, save_graph),
    "change": (ALL[:2], True, plain_users, change),
    "cascade": (ALL[:2], True, lambda size: tree(1, 100, 100), cascade),
    "merge": (ALL[:1], True, plain_users, merge),
    "row_by_key": (ALL[:1], False, plain_users, row_by_key),
    "growth_load": (ALL[:1], False, plain_users, trivial_query),
    "growth_flush": (ALL[:1], True, nothing, flush),
    "bulk_inserts_flush": (ALL[:1], None, nothing, bulk_inserts_flush),
    "bulk_inserts_flush_keys": (ALL[:1], None, nothing, bulk_inserts_flush_keys),
    "bulk_inserts_bulk": (ALL[:1], None, nothing, bulk_inserts_bulk),
    "bulk_inserts_core": (ALL[:1], None, nothing, bulk_inserts_core),
    "bulk_updates_flush": (ALL[:1], None, customers, bulk_updates_flush),
    "large_resultsets_objects": (ALL[:1], None, customers, large_resultsets_objects),
    "large_resultsets_chunks": (ALL[:1], None, customers, large_resultsets_chunks),
    "large_resultsets_columns": (ALL[:1], None, customers, large_resultsets_columns),
    "single_inserts": (ALL[:1], None, nothing, single_inserts),
    "short_selects_new": (ALL[:1], None, customers, short_selects_new),
    "short_selects_reused": (ALL[:1], None, customers, short_selects_reused),
}


def resident(line):
    with open("/proc/self/status") as status:
        return next((int(each.split()[1]) * 1024 for each in status if each.startswith(line)), 0)


def go(times, work, check):
    """Garbage of the checks is gone before the clock runs; that of the work itself is the work's."""
    took = 0
    for _ in range(times):
        start = time.perf_counter_ns()
        result = work()
        took += time.perf_counter_ns() - start
        check(result)
        del result
    return took


def run(scenario, database, size, url):
    _, keys, rows, make = SCENARIOS[scenario]
    tables = CUSTOMER if keys is None else blog(database, keys)
    engine = filled(database, url, [*tables, *rows(size)])
    work, check = make(engine, size)
    gc.collect()
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "go":
            print("took", go(int(words[1]), work, check), flush=True)
        elif words[0] == "memory":
            before = resident("VmRSS:")
            result = work()
            after, peak = resident("VmRSS:"), resident("VmHWM:")
            check(result)
            del result
            print("bytes", max(0, after - before), max(0, peak - before), flush=True)


def main():
    match sys.argv[1:]:
        case ["list"]:
            for scenario, (databases, *_) in SCENARIOS.items():
                for database in databases:
                    print(WAY, scenario, database, "", sep="\t")
        case ["version"]:
            print(f"SQLAlchemy {sqlalchemy.__version__} on {platform.python_implementation()} {platform.python_version()}")
        case ["run", _, scenario, database, size, url]:
            run(scenario, database, int(size), url)
        case _:
            sys.exit("list, version, or run WAY SCENARIO DATABASE SIZE URL")


main()
