"""Accounts: registering, and the first administrator."""

from fastapi import APIRouter
from passlib.context import CryptContext
from pydantic import BaseModel, EmailStr
from sqlalchemy import func, select

from app.database import Session
from app.models import User

passwords = CryptContext(schemes=["bcrypt"])
router = APIRouter(prefix="/api/v1/auth")


class Registration(BaseModel):
    email: EmailStr
    password: str


def add(email: str, password: str) -> None:
    with Session() as session:
        session.add(User(email=email, password_hash=passwords.hash(password)))
        session.commit()


def first_administrator() -> None:
    with Session() as session:
        empty = not session.scalar(select(func.count()).select_from(User))
    if empty:
        add("admin@example.com", "change me")


@router.post("/register", status_code=201)
def register(wanted: Registration):
    add(wanted.email, wanted.password)
    return {"email": wanted.email}
